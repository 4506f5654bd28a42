from django.urls import path

from common.placeholder import later

app_name = "imports"
urlpatterns = [
    path("batch-list/", later, name="batch-list"),
    path("batch-detail/<int:pk>/", later, name="batch-detail"),
]
