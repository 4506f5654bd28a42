"""One list a topic; a topic's views, forms and filters are the modules of the same name."""

from django.urls import URLPattern, path

from common.placeholder import later
from ledger.views import activities

app_name = "ledger"

ENTRIES: list[URLPattern] = [
    path("entries/", later, name="entry-list"),
    path("entries/new/", later, name="entry-create"),
    path("entries/<int:pk>/", later, name="entry-detail"),
]
ACTIVITIES: list[URLPattern] = [
    path("activities/", activities.activity_list, name="activity-list"),
    path("activities/export/", activities.activity_export, name="activity-export"),
    path("activities/new/", activities.activity_create, name="activity-create"),
    path("activities/<int:pk>/", activities.activity_detail, name="activity-detail"),
    path("activities/<int:pk>/saved/", activities.activity_saved, name="activity-saved"),
    path("activities/<int:pk>/edit/", activities.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/delete/", activities.activity_delete, name="activity-delete"),
]
RECOVERIES: list[URLPattern] = [
    path("recovery-list/", later, name="recovery-list"),
    path("recovery-create/", later, name="recovery-create"),
]
SURVEYS: list[URLPattern] = [
    path("survey-list/", later, name="survey-list"),
    path("survey-detail/<int:pk>/", later, name="survey-detail"),
]
PLAN: list[URLPattern] = [
    path("plan/", later, name="plan"),
]
urlpatterns = ENTRIES + ACTIVITIES + RECOVERIES + SURVEYS + PLAN
