from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors
from accounts.decorators import AuthedRequest, require_action
from accounts.forms import ReminderForm
from accounts.services import set_reminders
from common.clock import today


@require_GET
@require_action("home.view")
def profile(request: AuthedRequest) -> HttpResponse:
    return profile_page(request, ReminderForm(user=request.user))


@require_POST
@require_action("register.view")
def reminders(request: AuthedRequest) -> HttpResponse:
    form = ReminderForm(request.POST, user=request.user)
    if not form.is_valid():
        return profile_page(request, form, status=422)
    set_reminders(user=request.user, **form.cleaned_data)
    email, wanted = form.cleaned_data["email"], form.cleaned_data["wants_digest"]
    told = f"每个工作日 8:30 发到 {email}" if email and wanted else "不再给您发邮件，系统内的消息照常"
    messages.success(request, told)
    return redirect("accounts:profile")


def profile_page(request: AuthedRequest, form: ReminderForm, status: int = 200) -> HttpResponse:
    facts = selectors.my_facts(request.user, today())
    return render(request, "accounts/profile.html", {**facts, "form": form}, status=status)
