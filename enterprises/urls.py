from django.urls import path

from common.placeholder import later
from enterprises.views import choices

app_name = "enterprises"
urlpatterns = [
    path("enterprise-list/", later, name="enterprise-list"),
    path("enterprise-detail/<int:pk>/", later, name="enterprise-detail"),
    path("enterprise-create/", later, name="enterprise-create"),
    path("enterprise-edit/<int:pk>/", later, name="enterprise-edit"),
    path("project-list/", later, name="project-list"),
    path("project-detail/<int:pk>/", later, name="project-detail"),
    path("workstream-list/", later, name="workstream-list"),
    path("workstream-detail/<int:pk>/", later, name="workstream-detail"),
    path("coverage/", later, name="coverage"),
    path("pairing-list/", later, name="pairing-list"),
    path("choices/", choices.choices, name="choices"),
]
