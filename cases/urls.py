from django.urls import path

from common.placeholder import later

app_name = "cases"
urlpatterns = [
    path("case-list/", later, name="case-list"),
    path("case-detail/<int:pk>/", later, name="case-detail"),
    path("case-create/", later, name="case-create"),
    path("case-edit/<int:pk>/", later, name="case-edit"),
    path("typical-list/", later, name="typical-list"),
    path("recommendation-list/", later, name="recommendation-list"),
    path("campaign-list/", later, name="campaign-list"),
]
