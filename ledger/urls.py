"""One list a topic; a topic's views, forms and filters are the modules of the same name."""

from django.urls import URLPattern, path

from ledger.views import (
    activities,
    attachments,
    bulk,
    entries,
    handover,
    linking,
    moves,
    notices,
    recoveries,
    saved_views,
    surveys,
    vacancies,
)
from ledger.views.checking import confirmations, rechecks, supervision
from ledger.views.office import amounts, calendars, ladder, plans, robots

app_name = "ledger"

ENTRIES: list[URLPattern] = [
    path("entries/", entries.entry_list, name="entry-list"),
    path("entries/export/", entries.entry_export, name="entry-export"),
    path("entries/filters/", entries.entry_filters, name="entry-filters"),
    path("entries/similar/", entries.entry_similar, name="entry-similar"),
    path("entries/views/", saved_views.view_list, name="view-list"),
    path("entries/views/new/", saved_views.view_create, name="view-create"),
    path("entries/views/<int:pk>/", saved_views.view_edit, name="view-edit"),
    path("entries/views/<int:pk>/delete/", saved_views.view_delete, name="view-delete"),
    path("entries/bulk/<slug:operation>/", bulk.bulk, name="bulk"),
    path("entries/bulk/results/<int:pk>/", bulk.bulk_result, name="bulk-result"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/count/", notices.notice_count, name="notice-count"),
    path("notices/read/", notices.notice_read_all, name="notice-read-all"),
    path("notices/<int:pk>/open/", notices.notice_open, name="notice-open"),
    path("entries/choices/", entries.entry_choice_list, name="entry-choices"),
    path("entries/handlers/", moves.handler_choices, name="handler-choices"),
    path("entries/new/", entries.entry_create, name="entry-create"),
    path("entries/<int:pk>/", entries.entry_detail, name="entry-detail"),
    path("entries/<int:pk>/edit/", entries.entry_edit, name="entry-edit"),
    path("entries/<int:pk>/move/<slug:action>/", moves.entry_move, name="entry-move"),
    path("entries/<int:pk>/case/", linking.entry_link_case, name="entry-link-case"),
    path("entries/<int:pk>/confirmation/", confirmations.link_create, name="confirmation-create"),
    path("confirmations/<int:pk>/", confirmations.link_detail, name="confirmation-link"),
    path("confirmations/<int:pk>/revoke/", confirmations.link_revoke, name="confirmation-revoke"),
    path("c/<str:token>/", confirmations.link_answer, name="confirmation-answer"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("cases/<int:pk>/files/", attachments.case_files, name="case-files"),
]
ACTIVITIES: list[URLPattern] = [
    path("activities/", activities.activity_list, name="activity-list"),
    path("activities/export/", activities.activity_export, name="activity-export"),
    path("activities/new/", activities.activity_create, name="activity-create"),
    path("activities/<int:pk>/", activities.activity_detail, name="activity-detail"),
    path("activities/<int:pk>/saved/", activities.activity_saved, name="activity-saved"),
    path("activities/<int:pk>/edit/", activities.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/delete/", activities.activity_delete, name="activity-delete"),
]
RECOVERIES: list[URLPattern] = [
    path("recoveries/", recoveries.recovery_list, name="recovery-list"),
    path("recoveries/export/", recoveries.recovery_export, name="recovery-export"),
    path("recoveries/subjects/", linking.recovery_subjects, name="recovery-subjects"),
    path("recoveries/new/", recoveries.recovery_create, name="recovery-create"),
    path("recoveries/<int:pk>/edit/", recoveries.recovery_edit, name="recovery-edit"),
    path("recoveries/<int:pk>/delete/", recoveries.recovery_delete, name="recovery-delete"),
    path("recoveries/<int:pk>/apart/<int:other>/", recoveries.recovery_apart, name="recovery-apart"),
]
SURVEYS: list[URLPattern] = [
    path("surveys/", surveys.survey_list, name="survey-list"),
    path("surveys/export/", surveys.survey_export, name="survey-export"),
    path("surveys/new/", surveys.survey_create, name="survey-create"),
    path("surveys/requests/", surveys.survey_requests, name="survey-requests"),
    path("surveys/<int:pk>/", surveys.survey_detail, name="survey-detail"),
    path("surveys/<int:pk>/edit/", surveys.survey_edit, name="survey-edit"),
]
ORDERS: list[URLPattern] = [
    path("orders/", supervision.order_list, name="order-list"),
    path("orders/export/", supervision.order_export, name="order-export"),
    path("orders/<int:pk>/", supervision.order_detail, name="order-detail"),
    path("orders/<int:pk>/acknowledge/", supervision.order_acknowledge, name="order-acknowledge"),
    path("orders/<int:pk>/reply/", supervision.order_reply, name="order-reply"),
    path("orders/<int:pk>/verdict/", supervision.order_judge, name="order-judge"),
    path("orders/<int:pk>/word/", supervision.order_word, name="order-word"),
    path("entries/<int:pk>/order/", supervision.order_create, name="order-create"),
]
RECHECKS: list[URLPattern] = [
    path("rechecks/", rechecks.recheck_list, name="recheck-list"),
    path("rechecks/export/", rechecks.recheck_export, name="recheck-export"),
    path("rechecks/draw/", rechecks.recheck_draw, name="recheck-draw"),
    path("rechecks/rule/", rechecks.recheck_rule, name="recheck-rule"),
    path("rechecks/<int:pk>/", rechecks.recheck_detail, name="recheck-detail"),
]
PLAN: list[URLPattern] = [
    path("plan/", plans.plan, name="plan"),
    path("plan/new/", plans.plan_create, name="plan-create"),
    path("plan/<int:pk>/tasks/new/", plans.task_create, name="task-create"),
    path("tasks/<int:pk>/", plans.task_edit, name="task-edit"),
]
CALENDAR: list[URLPattern] = [
    path("calendar/", calendars.calendar_year, name="calendar"),
    path("calendar/announce/", calendars.calendar_announce, name="calendar-announce"),
    path("calendar/days/", calendars.calendar_days, name="calendar-days"),
    path("calendar/rules/", calendars.rules, name="calendar-rules"),
    path("calendar/amounts/", amounts.money_rule, name="money-rule"),
    path("calendar/shifts/", calendars.shift_list, name="shift-list"),
    path("calendar/shifts/export/", calendars.shift_export, name="shift-export"),
]
REMINDERS: list[URLPattern] = [
    path("ladder/", ladder.ladder, name="ladder"),
    path("ladder/new/", ladder.step_create, name="ladder-step-create"),
    path("ladder/<int:pk>/", ladder.step_edit, name="ladder-step"),
    path("robots/", robots.robot_list, name="robot-list"),
    path("robots/new/", robots.robot_create, name="robot-create"),
    path("robots/<int:pk>/", robots.robot_edit, name="robot-edit"),
    path("robots/<int:pk>/test/", robots.robot_test, name="robot-test"),
    path("robots/messages/", robots.message_list, name="robot-messages"),
    path("robots/messages/export/", robots.message_export, name="robot-messages-export"),
    path("escalations/", ladder.escalation_list, name="escalation-list"),
    path("escalations/export/", ladder.escalation_export, name="escalation-export"),
]
HANDOVER: list[URLPattern] = [
    path("handover/", handover.handover_list, name="handover-list"),
    path("handover/<int:pk>/", handover.handover, name="handover"),
    path("vacancies/", vacancies.vacancy_list, name="vacancy-list"),
    path("vacancies/export/", vacancies.vacancy_export, name="vacancy-export"),
    path("vacancies/check/", vacancies.vacancy_check, name="vacancy-check"),
]
urlpatterns = REMINDERS + HANDOVER + CALENDAR + ENTRIES + ACTIVITIES + RECOVERIES + SURVEYS + ORDERS + RECHECKS + PLAN
