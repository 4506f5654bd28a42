from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.forms import NewPasswordForm, SignInForm
from accounts.services import AccountError, change_password
from accounts.signin import drafts
from accounts.signin.middleware import begin


@method_decorator(login_not_required, name="dispatch")
class SignInView(auth_views.LoginView):
    template_name = "accounts/login.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        begin(self.request.session)
        if drafts.unstash(self.request.session, form.get_user()):
            messages.info(self.request, "登录已恢复，您刚才填写的内容还在，请核对后再保存。")
        return response


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """django-axes calls this for a locked name; the same words whether or not the account exists."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    context = {
        "form": SignInForm(request, initial={"username": request.POST.get("username", "")}),
        "next": request.POST.get("next", ""),
        "locked": f"连续输错 {settings.AXES_FAILURE_LIMIT} 次，账号已锁定 {minutes} 分钟，请稍后再试或联系管理员。",
    }
    return render(request, "accounts/login.html", context, status=429)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale token (signed in again in another tab): the typed text is kept, and the page says what to do."""
    kept = drafts.stash(request)
    if kept and request.user.is_authenticated:  # a form that somebody else had opened is not theirs
        kept = drafts.unstash(request.session, request.user)
    advice = "您填写的内容已经保留，重新打开表单就能接着填。" if kept else "请返回上一页，刷新后重试。"
    back = request.POST.get("draft_page", "")
    inside = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    context = {
        "status": 403,
        "icon": "clock-off",
        "title": "页面已过期",
        "advice": advice,
        "back": back if kept and inside else "",
    }
    return render(request, "error.html", context, status=403)


@require_http_methods(["GET", "POST"])
@require_action("home.view")
def password_change(request: AuthedRequest) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_password(user=request.user, password=form.cleaned_data["new_password1"], at=timezone.now())
        except AccountError as error:
            form.refuse(None, str(error))
        else:
            update_session_auth_hash(request, user)
            request.session.cycle_key()
            messages.success(request, "密码已更改，下次请用新密码登录。")
            return redirect("desk:home")
    late = request.user.password_expired(timezone.now()) and not request.user.must_change_password
    return render(request, "accounts/password_change.html", {"form": form, "late": late})


@require_POST
@require_action("home.view")
def draft_drop(request: AuthedRequest) -> HttpResponse:
    """What was typed is not wanted any more; on to the page the button names."""
    drafts.drop_typed(request, request.POST.get("draft_key", ""))
    to = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    # a word alone would be taken for the name of a page
    return redirect(to if to.startswith("/") and inside else "desk:home")


@require_POST
@require_action("home.view")
def draft_save(request: AuthedRequest) -> HttpResponse:
    """Called by the page while someone types."""
    key = request.POST.get("draft_key", "")
    data = drafts.typed(request.POST)
    if not key or sum(len(v) for values in data.values() for v in values) > drafts.MAX_DRAFT_CHARS:
        return JsonResponse({"saved": False}, status=400)
    draft = drafts.save_draft(user=request.user, key=key, data=data)
    return JsonResponse({"saved": True, "at": timezone.localtime(draft.updated_at).strftime("%H:%M")})
