"""From which amount on people are asked before they save one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.decorators import AuthedRequest, require_action
from common.forms.conflicts import StaleVersionError
from ledger.forms.entries.refusals import show_refusal
from ledger.forms.office.amounts import MoneyRuleForm
from ledger.services.errors import LedgerError
from ledger.services.money.rule import change_money_rule, current_money_rule


@require_http_methods(["GET", "POST"])
@require_action("calendar.edit")
def money_rule(request: AuthedRequest) -> HttpResponse:
    form = MoneyRuleForm(request.POST or None, instance=current_money_rule())
    if form.is_valid():
        try:
            rule = change_money_rule(version=form.posted_version, ask_from=form.cleaned_data["ask_from"])
        except StaleVersionError:
            form.show_conflict(current_money_rule())
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"金额规则已改为：{rule}，从现在起的登记和导入都照此核对")
            return redirect("ledger:money-rule")
    status = 409 if form.conflict_by else 422 if form.errors else 200
    context = {"form": form, "rule": current_money_rule()}
    return render(request, "ledger/money_rule.html", context, status=status)
