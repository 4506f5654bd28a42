"""Group robots: set up by an admin, tried out, and what each was given to say."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.forms.conflicts import StaleVersionError
from common.web.pages import paginate
from ledger.filters.robots import MessageFilter
from ledger.forms.entries.refusals import show_refusal
from ledger.forms.office.robots import RobotForm
from ledger.models import Robot, RobotMessage
from ledger.selectors.office.robots import COLUMNS, robots
from ledger.services.errors import LedgerError
from ledger.services.messages.robots import save_robot, try_out


@require_GET
@require_action("reminders.edit")
def robot_list(request: AuthedRequest) -> HttpResponse:
    return render(request, "ledger/robot_list.html", {"robots": robots(request.user)})


@sensitive_post_parameters("new_url", "new_secret")
@require_http_methods(["GET", "POST"])
@require_action("reminders.edit")
def robot_create(request: AuthedRequest) -> HttpResponse:
    return answer(request, RobotForm(request.POST or None, user=request.user), None)


@sensitive_post_parameters("new_url", "new_secret")
@require_http_methods(["GET", "POST"])
@require_action("reminders.edit")
def robot_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot.objects.visible_to(request.user), pk=pk)
    return answer(request, RobotForm(request.POST or None, instance=robot, user=request.user), pk)


def answer(request: AuthedRequest, form: RobotForm, pk: int | None) -> HttpResponse:
    if form.is_valid():
        try:
            robot = save_robot(pk=pk, data=form.record, version=form.posted_version)
        except StaleVersionError:
            form.show_conflict(Robot.objects.get(pk=form.instance.pk))
        except LedgerError as error:
            show_refusal(form, error)
        else:
            state = "已启用" if robot.is_active else "未启用，试发正常后再启用"
            messages.success(request, f"已保存机器人“{robot}”，{state}")
            return redirect("ledger:robot-list")
    status = 409 if form.conflict_by else 422 if form.errors else 200
    return render(request, "ledger/robot_form.html", {"form": form, "pk": pk}, status=status)


@require_POST
@require_action("reminders.edit")
def robot_test(request: AuthedRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot.objects.visible_to(request.user), pk=pk)
    try_out(robot=robot, actor=request.user, at=timezone.now())
    messages.success(request, f"已交给后台向“{robot}”试发一条，几秒后刷新本页看结果")
    return redirect(f"{reverse('ledger:robot-messages')}?robot={pk}")


def listed(request: AuthedRequest) -> MessageFilter:
    return MessageFilter(request.GET, RobotMessage.objects.for_list(), user=request.user)


@require_GET
@require_action("reminders.edit")
def message_list(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return render(request, "ledger/robot_messages.html", {"filter": found, "page": paginate(request, found.rows)})


@require_GET
@require_action("reminders.edit")
def message_export(request: AuthedRequest) -> HttpResponse:
    found = listed(request)
    return export_response(request, "机器人消息", COLUMNS, found.rows, found.words)
