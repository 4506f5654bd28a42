from django.urls import path

from reports.views import figures, home, screens

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", figures.dashboard_page, name="dashboard"),
    path("dashboard/more/", figures.dashboard_more, name="dashboard-more"),
    path("tally/", figures.tally, name="tally"),
    path("tally/refresh/", figures.tally_refresh, name="tally-refresh"),
    path("tally/export/", figures.tally_export, name="tally-export"),
    path("rates/", figures.rates, name="rates"),
    path("rates/export/", figures.rates_export, name="rates-export"),
    path("records/<slug:code>/", figures.record_list, name="records"),
    path("records/<slug:code>/export/", figures.records_export, name="records-export"),
    path("screens/", screens.screen_list, name="screen-list"),
    path("screens/new/", screens.screen_create, name="screen-create"),
    path("screens/<int:pk>/revoke/", screens.screen_revoke, name="screen-revoke"),
    path("screen/<str:key>/", screens.screen, name="screen"),
    path("search/", home.search, name="search"),
]
