"""Error pages: Chinese words, what to do next, never a trace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

WORDS = 10  # what is shorter is typed again at once
ICONS = {400: "help-circle", 403: "lock", 404: "search-off", 405: "hand-click", 500: "plug-off"}


def error_page(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    context = {"status": status, "icon": ICONS[status], "title": title, "advice": advice, "typed": typed(request)}
    return render(request, "error.html", context, status=status)


def typed(request: HttpRequest) -> list[str]:
    """The words of a form that cannot be saved any more, so that they can be copied; never a password or a secret."""
    if request.method != "POST" or not request.user.is_authenticated:
        return []
    hidden = ("password", "secret", "token", "key", "draft_", "csrf", "url")
    shown = {name for name in request.POST if not any(part in name for part in hidden)}
    words = [text for name in request.POST if name in shown for text in request.POST.getlist(name)]
    return [text for text in words if len(text.strip()) >= WORDS]


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400, "请求无法识别", "请返回上一页，刷新后重试。")


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request,
        403,
        "您的岗位不能做这项操作",
        str(exception) or "如确需办理，请联系管理员调整岗位。",
    )


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, "没有找到这条记录", "它可能已被删除，或不属于您的单位。请回到列表查找。")


def not_opened(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        405,
        "这个网址不能直接打开",
        "它只接收表单：请回到原来的页面，在那里填写、再点按钮。刚才没有保存的，没有写入。",
    )


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, "暂时无法完成", "内容未丢失：请返回上一页重试；仍不行请联系管理员。")
