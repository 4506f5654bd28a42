from django.urls import path

from duty.views import leaves, mine, week

app_name = "duty"
urlpatterns = [
    path("", week.week, name="week"),
    path("export/", week.week_export, name="week-export"),
    path("<int:pk>/<str:day>/arrange/", week.cell, name="cell"),
    path("copy/", week.copy, name="copy"),
    path("gaps/", week.gap_list, name="gap-list"),
    path("mine/", mine.mine, name="mine"),
    path("shifts/<int:pk>/swap/", mine.swap_create, name="swap-create"),
    path("swaps/<int:pk>/answer/", mine.swap_answer, name="swap-answer"),
    path("leaves/", leaves.leave_list, name="leave-list"),
    path("leaves/new/", leaves.leave_create, name="leave-create"),
    path("leaves/<int:pk>/cancel/", leaves.leave_cancel, name="leave-cancel"),
]
