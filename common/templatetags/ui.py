"""Building blocks every page uses; templates load them without asking (settings TEMPLATES builtins)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from common.audit import imported_from
from common.money import in_wan
from common.rows.keysets import PLACES

register = template.Library()

# The first sign found counts: a browser also names those that it is like.
DEVICES = [
    *(("iPad", "平板"), ("iPhone", "手机"), ("Mobile", "手机"), ("Android", "平板"), ("Windows", "电脑")),
    *(("Macintosh", "电脑"), ("Linux", "电脑"), ("X11", "电脑")),
]
BROWSERS = [
    *(("MicroMessenger", "微信"), ("wxwork", "企业微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ 浏览器")),
    *(("360SE", "360 浏览器"), ("QIHU", "360 浏览器"), ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器")),
    *(("UCBrowser", "UC 浏览器"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox")),
    *(("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"), ("Trident", "IE"), ("MSIE", "IE")),
]


@register.filter
def yuan(value: Decimal | None) -> str:
    """`¥4,098,000.00`; a dash where there is none."""
    return "—" if value is None else f"¥{value:,.2f}"


@register.filter
def amount(value: Decimal | None) -> str:
    """Money in ledgers' columns, whose header names the unit: `4,098,000.00`."""
    return "" if value is None else f"{value:,.2f}"


@register.filter
def wan(value: Decimal | None) -> str:
    """Money in figures: `409.8万元`."""
    return "—" if value is None else in_wan(Decimal(value))


@register.filter
def day(value: date | None) -> str:
    """今天, 昨天, 11月3日, 2023年6月30日."""
    if not value:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    today = timezone.localdate()
    if value == today:
        return "今天"
    if value == today - timedelta(days=1):
        return "昨天"
    return on_date(value)


@register.simple_tag
def span(start: date, end: date | None) -> str:
    """From one day to another, by their dates: 11月3日至11月20日; 11月3日起 while it has no end; a single day once."""
    first, last = on_date(start), on_date(end) if end else ""
    if not last:
        return f"{first}起"
    return first if first == last else f"{first}至{last}"


def on_date(value: date) -> str:
    year = "" if value.year == timezone.localdate().year else f"{value.year}年"
    return f"{year}{value.month}月{value.day}日"


@register.filter
def cell(value: Any) -> str:
    """A cell of a table whose columns people chose: days and money as everywhere, a dash for nothing."""
    if value in (None, ""):
        return "—"
    if isinstance(value, date):
        return day(value)
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


@register.filter
def moment(value: datetime | None) -> str:
    """今天 14:32, 昨天 09:05, 11月3日 16:00."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else "—"


@register.filter
def browser(agent: str) -> str:
    """What somebody came with, in words: 手机 微信, 电脑 Edge; what says nothing of itself is 其他."""
    place = next((words for sign, words in DEVICES if sign in agent), "其他设备")
    name = next((words for sign, words in BROWSERS if sign in agent), "")
    return f"{place} {name}".strip() if agent else "—"


@register.filter
def masked(phone: str) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else phone


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def may(user: Any, action: str) -> bool:
    """Whether this person's role includes an action: what they may not do is not offered."""
    return bool(getattr(user, "can", None)) and user.can(action)


@register.simple_tag
def badge(choice: Any, colour: str = "") -> str:
    """A choice with its own colour, if it has one."""
    tone = colour or getattr(choice, "colour", "") or "secondary"
    return format_html('<span class="badge bg-{0}-lt">{1}</span>', tone, getattr(choice, "label", choice))


LIGHT = '<span class="light light-{0}"><i class="ti ti-{1}" aria-hidden="true"></i>{2}</span>'
PROVISIONAL = (
    '<span class="badge bg-secondary-lt" title="这一年的节假日还没有公布，暂按周末推算；公布后重算">暂定</span>'
)


@register.simple_tag
def light(shown: Any, provisional: bool = False) -> str:
    """A light in colour, with its sign and words, and whether its deadline is provisional; nothing where none is on."""
    told = format_html(LIGHT, shown.colour, shown.icon, shown.words) if shown else ""
    return mark_safe(f"{told} {PROVISIONAL}") if provisional else told  # noqa: S308 -- both are made here


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The current address's query with these parameters changed; None removes one. Paging starts again."""
    params = context["request"].GET.copy()
    for name in ("poll", *PLACES):
        params.pop(name, None)
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = value
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def without(context: dict[str, Any], name: str) -> str:
    """The current address with one filter taken off."""
    return query(context, **{name: None})


@register.simple_tag(takes_context=True)
def sort_link(context: dict[str, Any], field: str) -> str:
    """Sorts by a column, or turns its order round."""
    current = context["request"].GET.get("sort", "")
    return query(context, sort=f"-{field}" if current == field else field)


@register.inclusion_tag("components/field.html")
def field(bound: Any, **options: Any) -> dict[str, Any]:
    """A form field with label, control, help and errors. Options: `suffix` (计量单位), `wide`.

    A field for files shows those kept from before (`accounts.kept`).
    """
    kept = getattr(bound.form, "kept_files", {}).get(bound.name, [])
    return {"field": bound, "options": options, "kept": kept}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: Any) -> dict[str, Any]:
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("components/empty.html")
def empty_state(title: str, advice: str = "", url: str = "", action: str = "", icon: str = "inbox") -> dict[str, str]:
    """Why there is nothing here, and what to do."""
    return {"title": title, "advice": advice, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/provenance.html", takes_context=True)
def provenance(context: Any, record: Any) -> dict[str, Any]:
    """Where an imported record came from, as a line of its facts; an admin gets to the import. One query."""
    origin = imported_from(record)
    linked = context["request"].user.role == "admin"
    return {"batch": origin.get("导入批次"), "file": origin.get("文件"), "sheet": origin.get("工作表"),
            "row": origin.get("行"), "linked": linked}  # fmt: skip
