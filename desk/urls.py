from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/count/", views.waiting_count, name="waiting-count"),
    path("search/", views.search, name="search"),
]
