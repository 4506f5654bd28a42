from django.urls import path

from reports.views import briefing_parts, briefings, figures, home, screens

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
    path("briefings/", briefings.briefing_list, name="briefing-list"),
    path("briefings/export/", briefings.briefing_export, name="briefing-export"),
    path("briefings/new/", briefings.briefing_create, name="briefing-create"),
    path("briefings/templates/", briefing_parts.template_list, name="briefing-templates"),
    path("briefings/templates/default/", briefing_parts.template_default, name="briefing-template-default"),
    path("briefings/templates/<int:pk>/", briefing_parts.template_file, name="briefing-template-file"),
    path("briefings/templates/<int:pk>/drop/", briefing_parts.template_drop, name="briefing-template-drop"),
    path("briefings/<int:pk>/", briefings.briefing_detail, name="briefing-detail"),
    path("briefings/<int:pk>/edit/", briefings.briefing_edit, name="briefing-edit"),
    path("briefings/<int:pk>/restore/", briefings.briefing_restore, name="briefing-restore"),
    path("briefings/<int:pk>/issue/", briefings.briefing_issue, name="briefing-issue"),
    path("briefings/<int:pk>/drop/", briefings.briefing_drop, name="briefing-drop"),
    path("briefings/<int:pk>/word/", briefings.briefing_word, name="briefing-word"),
    path("briefings/<int:pk>/records/", briefing_parts.briefing_records, name="briefing-records"),
    path("briefings/<int:pk>/paragraphs/<int:number>/", briefing_parts.paragraph_edit, name="briefing-paragraph"),
    path(
        "briefings/<int:pk>/paragraphs/<int:number>/act/",
        briefing_parts.paragraph_act,
        name="briefing-paragraph-act",
    ),
]
