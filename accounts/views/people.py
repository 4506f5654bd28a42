from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.columns import INITIAL_PASSWORDS, PEOPLE
from accounts.decorators import AuthedRequest, require_action
from accounts.filters import UserFilter
from accounts.forms import UserForm
from accounts.leaving import left_over
from accounts.models import User
from accounts.services import AccountError
from accounts.trail.exports import export_response
from common.clock import today
from common.forms.conflicts import StaleVersionError
from common.sent.numbers import whole_number
from common.web.pages import paginate


@require_GET
@require_action("users.manage")
def user_list(request: AuthedRequest) -> HttpResponse:
    people = UserFilter(request.GET, selectors.people(User.objects.all()), user=request.user)
    page = paginate(request, people.rows)
    context = {"filter": people, "page": page, "locked": selectors.locked_names(page.object_list)}
    return render(request, "accounts/user_list.html", context)


@require_GET
@require_action("users.manage")
def user_export(request: AuthedRequest) -> HttpResponse:
    people = UserFilter(request.GET, selectors.people(User.objects.all()), user=request.user)
    return export_response(request, "人员名册", PEOPLE, people.rows, people.words)


@require_http_methods(["GET", "POST"])
@require_action("users.manage")
def user_create(request: AuthedRequest) -> HttpResponse:
    form = UserForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = services.create_user(data=form.record)
        except AccountError as error:
            form.refuse(error.field, str(error))
        else:
            return passwords(request, [(person, password)])
    return render(request, "accounts/user_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require_action("users.manage")
def user_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = UserForm(request.POST or None, instance=person, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.edit_user(pk=pk, data=form.record, version=form.posted_version, by=request.user)
        except AccountError as error:
            form.refuse(error.field, str(error))
        except StaleVersionError:
            form.show_conflict(User.objects.get(pk=pk))
        else:
            messages.success(request, f"已保存 {saved.name}（{saved.username}）")
            return redirect("accounts:user-edit", pk)
    return page_of(request, pk, form)


@require_POST
@require_action("users.manage")
def user_reset(request: AuthedRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        return passwords(request, [(person, services.reset_password(user=person))])
    except AccountError as error:
        return refused(request, pk, error)


@require_POST
@require_action("users.manage")
def user_invite(request: AuthedRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        return passwords(request, [(person, services.invite(user=person))])
    except AccountError as error:
        return refused(request, pk, error)


@require_http_methods(["GET", "POST"])
@require_action("users.manage")
def people_invite(request: AuthedRequest) -> HttpResponse:
    """Those of the list who were never let in: the ticked ones get initial passwords, all on one sheet, seen once."""
    mine = User.objects.visible_to(request.user)
    error = ""
    if request.method == "POST":
        ticked = [pk for one in request.POST.getlist("person") if (pk := whole_number(one)) is not None]
        try:
            given = services.invite_people(mine.filter(pk__in=ticked))
        except AccountError as refusal:
            given, error = [], str(refusal)
        if given:
            response = export_response(request, "初始密码", INITIAL_PASSWORDS, given)
            response["Cache-Control"] = "no-store"
            return response
        error = error or "没有选中未启用的人员：可能刚刚已经启用，请看人员列表"
    found = UserFilter(request.GET, mine, user=request.user)
    context = {"people": selectors.waiting_people(found.qs), "most": selectors.INVITED_AT_ONCE, "error": error}
    return render(request, "accounts/people_invite.html", context, status=409 if error else 200)


@require_POST
@require_action("users.manage")
def user_deactivate(request: AuthedRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        services.deactivate(user=person, by=request.user)
    except AccountError as error:
        return refused(request, pk, error)
    messages.success(request, f"已停用 {person.name}（{person.username}），其登录已全部退出")
    return redirect("accounts:user-edit", pk)


@require_POST
@require_action("users.manage")
def user_unlock(request: AuthedRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    services.unlock(user=person)
    messages.success(request, f"已解除 {person.name}（{person.username}）的锁定，现在可以登录")
    return redirect("accounts:user-edit", pk)


def passwords(request: AuthedRequest, given: list[tuple[User, str]], title: str = "") -> HttpResponse:
    """The only time initial passwords are seen: in this answer, never stored, never cached."""
    return render(request, "accounts/passwords.html", {"given": given, "title": title})


def refused(request: AuthedRequest, pk: int, error: AccountError) -> HttpResponse:
    person = User.objects.visible_to(request.user).get(pk=pk)
    return page_of(request, pk, UserForm(instance=person, user=request.user), error)


def page_of(request: AuthedRequest, pk: int, form: UserForm, error: AccountError | None = None) -> HttpResponse:
    person = selectors.people(User.objects.visible_to(request.user)).get(pk=pk)
    aside = left_over(person, today())
    context = {"form": form, "error": error, "aside": aside, **selectors.person_facts(person)}
    return render(request, "accounts/user_form.html", context, status=409 if error else 200)
