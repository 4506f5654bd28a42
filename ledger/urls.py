"""One list a topic; a topic's views, forms and filters are the modules of the same name."""

from django.urls import URLPattern, path

from common.placeholder import later
from ledger.views import activities, attachments, entries

app_name = "ledger"

ENTRIES: list[URLPattern] = [
    path("entries/", entries.entry_list, name="entry-list"),
    path("entries/export/", entries.entry_export, name="entry-export"),
    path("entries/choices/", entries.entry_choice_list, name="entry-choices"),
    path("entries/new/", entries.entry_create, name="entry-create"),
    path("entries/<int:pk>/", entries.entry_detail, name="entry-detail"),
    path("entries/<int:pk>/edit/", entries.entry_edit, name="entry-edit"),
    path("entries/<int:pk>/move/<slug:action>/", entries.entry_move, name="entry-move"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
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
