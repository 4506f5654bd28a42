from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views
from common.placeholder import later

app_name = "accounts"
urlpatterns = [
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.password_change, name="password-change"),
    path("me/", views.profile, name="profile"),
    path("draft/", views.draft_save, name="draft"),
    path("users/", later, name="user-list"),
    path("audit/", later, name="audit-list"),
    path("exports/", later, name="export-list"),
]
