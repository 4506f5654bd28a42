from django.urls import path

from common.placeholder import later
from reports.views import home

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", later, name="dashboard"),
    path("tally/", later, name="tally"),
    path("search/", home.search, name="search"),
]
