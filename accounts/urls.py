from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import people, profile, signin, trail, units

app_name = "accounts"
urlpatterns = [
    path("login/", signin.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", signin.password_change, name="password-change"),
    path("me/", profile.profile, name="profile"),
    path("me/reminders/", profile.reminders, name="reminders"),
    path("draft/", signin.draft_save, name="draft"),
    path("draft/drop/", signin.draft_drop, name="draft-drop"),
    path("users/", people.user_list, name="user-list"),
    path("users/export/", people.user_export, name="user-export"),
    path("users/invite/", people.people_invite, name="people-invite"),
    path("users/new/", people.user_create, name="user-create"),
    path("users/<int:pk>/", people.user_edit, name="user-edit"),
    path("users/<int:pk>/reset/", people.user_reset, name="user-reset"),
    path("users/<int:pk>/invite/", people.user_invite, name="user-invite"),
    path("users/<int:pk>/deactivate/", people.user_deactivate, name="user-deactivate"),
    path("users/<int:pk>/unlock/", people.user_unlock, name="user-unlock"),
    path("units/", units.unit_list, name="unit-list"),
    path("units/new/", units.unit_create, name="unit-create"),
    path("units/<int:pk>/", units.unit_edit, name="unit-edit"),
    path("units/<int:pk>/invite/", units.unit_invite, name="unit-invite"),
    path("audit/", trail.audit_list, name="audit-list"),
    path("audit/export/", trail.audit_export, name="audit-export"),
    path("signins/", trail.signin_list, name="signin-list"),
    path("signins/export/", trail.signin_export, name="signin-export"),
    path("signins/failed/", trail.signin_list, {"failed": True}, name="signin-failures"),
    path("signins/failed/export/", trail.signin_export, {"failed": True}, name="signin-failures-export"),
    path("exports/", trail.export_list, name="export-list"),
    path("exports/export/", trail.export_export, name="export-export"),
]
