from django.urls import path

from imports import views

app_name = "imports"
urlpatterns = [
    path("", views.batch_list, name="batch-list"),
    path("export/", views.batch_export, name="batch-export"),
    path("upload/", views.upload, name="upload"),
    path("templates/<slug:kind>/", views.kind_template, name="template"),
    path("<int:pk>/", views.batch_detail, name="batch-detail"),
    path("<int:pk>/confirm/", views.batch_confirm, name="batch-confirm"),
    path("<int:pk>/cancel/", views.batch_cancel, name="batch-cancel"),
    path("<int:pk>/retry/", views.batch_retry, name="batch-retry"),
    path("<int:pk>/again/", views.batch_again, name="batch-again"),
    path("<int:pk>/undo/", views.batch_undo, name="batch-undo"),
    path("<int:pk>/wrong-rows/", views.batch_wrong, name="batch-wrong"),
]
