from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("reports.urls")),
    path("accounts/", include("accounts.urls")),
    path("jobs/", include("jobs.urls")),
    path("register/", include("enterprises.urls")),
    path("cases/", include("cases.urls")),
    path("ledger/", include("ledger.urls")),
    path("duty/", include("duty.urls")),
    path("imports/", include("imports.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "common.web.views.bad_request"
handler403 = "common.web.views.forbidden"
handler404 = "common.web.views.not_found"
handler500 = "common.web.views.server_error"
