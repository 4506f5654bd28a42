from django.urls import path

from enterprises.views import choices, coverage, doubles, enterprises, merges, pairings, projects, workstreams

app_name = "enterprises"
urlpatterns = [
    path("enterprises/", enterprises.enterprise_list, name="enterprise-list"),
    path("enterprises/export/", enterprises.enterprise_export, name="enterprise-export"),
    path("enterprises/new/", enterprises.enterprise_create, name="enterprise-create"),
    path("enterprises/<int:pk>/", enterprises.enterprise_detail, name="enterprise-detail"),
    path("enterprises/<int:pk>/edit/", enterprises.enterprise_edit, name="enterprise-edit"),
    path("enterprises/<int:pk>/names/", merges.former_names, name="former-names"),
    path("enterprises/names/<int:pk>/drop/", merges.former_name_drop, name="former-name-drop"),
    path("enterprises/<int:pk>/with/", doubles.double_choose, name="double-choose"),
    path("enterprises/<int:pk>/with/<int:other>/", doubles.double_compare, name="double-compare"),
    path("enterprises/<int:pk>/with/<int:other>/apart/", doubles.double_apart, name="double-apart"),
    path("enterprises/doubles/", doubles.double_list, name="double-list"),
    path("enterprises/doubles/find/", doubles.double_find, name="double-find"),
    path("enterprises/doubles/<int:pk>/again/", doubles.double_again, name="double-again"),
    path("enterprises/merges/<int:pk>/", merges.merge_detail, name="merge-detail"),
    path("enterprises/merges/<int:pk>/undo/", merges.merge_undo, name="merge-undo"),
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
