from django.urls import path

from common.placeholder import later

app_name = "ledger"
urlpatterns = [
    path("activity-list/", later, name="activity-list"),
    path("activity-detail/<int:pk>/", later, name="activity-detail"),
    path("activity-create/", later, name="activity-create"),
    path("activity-edit/<int:pk>/", later, name="activity-edit"),
    path("activity-delete/<int:pk>/", later, name="activity-delete"),
    path("entry-list/", later, name="entry-list"),
    path("entry-detail/<int:pk>/", later, name="entry-detail"),
    path("entry-create/", later, name="entry-create"),
    path("recovery-list/", later, name="recovery-list"),
    path("recovery-create/", later, name="recovery-create"),
    path("survey-list/", later, name="survey-list"),
    path("survey-detail/<int:pk>/", later, name="survey-detail"),
    path("plan/", later, name="plan"),
]
