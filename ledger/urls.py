"""One list a topic; a topic's views, forms and filters are the modules of the same name."""

from django.urls import URLPattern, path

from common.placeholder import later

app_name = "ledger"

ENTRIES: list[URLPattern] = [
    path("entries/", later, name="entry-list"),
    path("entries/new/", later, name="entry-create"),
    path("entries/<int:pk>/", later, name="entry-detail"),
]
ACTIVITIES: list[URLPattern] = [
    path("activity-list/", later, name="activity-list"),
    path("activity-detail/<int:pk>/", later, name="activity-detail"),
    path("activity-create/", later, name="activity-create"),
    path("activity-edit/<int:pk>/", later, name="activity-edit"),
    path("activity-delete/<int:pk>/", later, name="activity-delete"),
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
