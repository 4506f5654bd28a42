from django.urls import path

from common.placeholder import later

app_name = "reports"
urlpatterns = [
    path("", later, name="home"),
    path("dashboard/", later, name="dashboard"),
    path("tally/", later, name="tally"),
    path("search/", later, name="search"),
]
