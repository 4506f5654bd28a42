from django.urls import path

from enterprises.views import choices, coverage, enterprises, pairings, projects, workstreams

app_name = "enterprises"
urlpatterns = [
    path("enterprises/", enterprises.enterprise_list, name="enterprise-list"),
    path("enterprises/export/", enterprises.enterprise_export, name="enterprise-export"),
    path("enterprises/new/", enterprises.enterprise_create, name="enterprise-create"),
    path("enterprises/<int:pk>/", enterprises.enterprise_detail, name="enterprise-detail"),
    path("enterprises/<int:pk>/edit/", enterprises.enterprise_edit, name="enterprise-edit"),
    path("projects/", projects.project_list, name="project-list"),
    path("projects/export/", projects.project_export, name="project-export"),
    path("projects/new/", projects.project_create, name="project-create"),
    path("projects/<int:pk>/", projects.project_detail, name="project-detail"),
    path("projects/<int:pk>/edit/", projects.project_edit, name="project-edit"),
    path("workstreams/", workstreams.workstream_list, name="workstream-list"),
    path("workstreams/<int:pk>/", workstreams.workstream_detail, name="workstream-detail"),
    path("work-groups/", workstreams.workgroup_list, name="workgroup-list"),
    path("pairings/", pairings.pairing_list, name="pairing-list"),
    path("pairings/export/", pairings.pairing_export, name="pairing-export"),
    path("pairings/new/", pairings.pairing_start, name="pairing-start"),
    path("pairings/<int:pk>/end/", pairings.pairing_end, name="pairing-end"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/export/", coverage.coverage_export, name="coverage-export"),
    path("choices/", choices.choices, name="choices"),
]
