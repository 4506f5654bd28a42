"""What the pages of activities need besides the rows themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from accounts.models import User
from common.rows.keysets import CappedSum, Counting, KeysetPage, Order, keyset_page
from common.sent.numbers import whole_number
from enterprises.models import Enterprise, KeyProject, Pairing, Workstream
from enterprises.selectors import standing_firm
from ledger.models import ActivityKind, Attachment, ClosedPeriod, ProblemEntry, Recovery, ServiceActivity
from ledger.services.rights import may_change

RECENT = timedelta(days=365)
Served = Enterprise | KeyProject


def mark(served: Served | None) -> str:
    """`enterprise:12` or `project:3`: which of the two, and which row."""
    if served is None:
        return ""
    return f"{'enterprise' if isinstance(served, Enterprise) else 'project'}:{served.pk}"


@dataclass(frozen=True)
class FormChoices:
    """What the logging screen offers this person today."""

    user: User
    today: date
    kinds: list[tuple[str, str]]
    paired: list[Served]


def form_choices(user: User, today: date) -> FormChoices:
    return FormChoices(user, today, kinds_by_use(user, today), paired_with(user, today))


def kinds_by_use(user: User, today: date) -> list[tuple[str, str]]:
    """The kinds of activity, those this person logged most in the last year first."""
    mine = ServiceActivity.objects.visible_to(user).filter(officer=user, happened_on__gt=today - RECENT)
    used = dict(mine.order_by().values_list("kind").annotate(Count("pk")))
    return sorted(ActivityKind.choices, key=lambda choice: -used.get(choice[0], 0))


def paired_with(user: User, today: date) -> list[Served]:
    """The enterprises, then the projects, this person serves today."""
    pairings = Pairing.objects.visible_to(user).of(user).on(today).select_related("enterprise", "project")
    rows = list(pairings.order_by("starts_on", "pk"))
    return [row.enterprise for row in rows if row.enterprise] + [row.project for row in rows if row.project]


def paired_labels(paired: list[Served]) -> list[tuple[str, str, str]]:
    """One button for each pairing, as (mark, name, words): the name is said only where there are several of a kind."""
    kinds = [mark(one).partition(":")[0] for one in paired]
    labels = {"enterprise": "我的结对企业", "project": "我的结对项目"}
    return [
        (mark(one), str(one), labels[kind] if kinds.count(kind) == 1 else f"{labels[kind]} · {one}")
        for kind, one in zip(kinds, paired, strict=True)
    ]


def served_named(user: User, query: Any) -> Served | None:
    """The enterprise or project an address asks for: `?enterprise=12` or `?project=3`."""
    firm, project = whole_number(query.get("enterprise")), whole_number(query.get("project"))
    if firm is not None:
        return standing_firm(user, firm)
    return None if project is None else KeyProject.objects.visible_to(user).filter(pk=project).first()


def activity_rows(params: Mapping[str, str], rows: QuerySet, order: Order) -> tuple[KeysetPage, int | None]:
    """The page of a list, and how many times in all: an activity may stand for several. None of a list too long to
    be counted, or empty."""
    times = CappedSum(rows, "times", settings.LIST_COUNT_LIMIT)
    page = keyset_page(params, rows, order, counting=Counting(totals={"times": times}))
    found = {row.pk: row for row in ServiceActivity.objects.for_list().filter(pk__in=page.object_list)}
    page.object_list = [found[key] for key in page.object_list if key in found]
    return page, page.totals.get("times") if page.count <= page.limit else None


@dataclass(frozen=True)
class ActivityPage:
    """An activity with what hangs on it, as this person may see it."""

    activity: ServiceActivity
    outputs: list[Any]
    participants: list[User]
    images: list[Attachment]
    documents: list[Attachment]
    entries: list[ProblemEntry]
    recoveries: list[Recovery]
    may_change: bool
    may_record_money: bool
    closed: bool


def activity_page(activity: ServiceActivity, user: User) -> ActivityPage:
    files = list(activity.attachments.all())
    day = activity.happened_on
    closed = ClosedPeriod.objects.filter(starts_on__lte=day, ends_on__gte=day).exists()
    return ActivityPage(
        activity=activity,
        outputs=list(activity.outputs.all()),
        participants=list(activity.participants.select_related("unit")),
        images=[file for file in files if file.is_image],
        documents=[file for file in files if not file.is_image],
        entries=list(ProblemEntry.objects.visible_to(user).filter(source_activity=activity).order_by("pk")),
        recoveries=list(Recovery.objects.visible_to(user).filter(activity=activity).order_by("pk")),
        may_change=may_change(activity, user),
        may_record_money=user.can("money.edit"),
        closed=closed,
    )


def duty_named(query: Any) -> str:
    """Which duty an address asks to log, for a draft of its own: empty when it asks for none."""
    asked = str(query.get("kind", "")) == ActivityKind.DUTY and (query.get("hq") or query.get("on"))
    return f"{query.get('hq', '')}-{query.get('on', '')}"[:40] if asked else ""


def duty_values(user: User, query: Any) -> dict[str, Any]:
    """A duty as the roster has it: `?kind=duty&hq=3&on=2026-12-02&with=12`; what makes no sense is left to be typed."""
    key = whole_number(query.get("hq"))
    hq = Workstream.objects.visible_to(user).filter(pk=key).first() if key is not None else None
    asked = [key for key in map(whole_number, query.getlist("with")) if key is not None]
    people = User.objects.visible_to(user).working().exclude(pk=user.pk).filter(pk__in=asked)
    with_me = list(people.order_by("pinyin", "pk").values_list("pk", flat=True))
    day = parsed_day(query.get("on", ""))
    found = {"headquarters": hq and hq.pk, "happened_on": day, "participants": with_me}
    named = {name: value for name, value in found.items() if value}
    return {**named, "output_attendance": 1 + len(with_me)} if named else {}


def parsed_day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def likely_values(choices: FormChoices, query: Any) -> dict[str, Any]:
    """What a new activity most likely is: a visit of whom the address says. Nobody is served whom nobody has named."""
    served, kind = served_named(choices.user, query), str(query.get("kind", ""))
    if kind not in ActivityKind.values:
        kind = ActivityKind.VISIT if served else ""
    at_firm = served if kind == ActivityKind.VISIT else None
    duty = duty_values(choices.user, query) if kind == ActivityKind.DUTY and duty_named(query) else {}
    return {**({"target": mark(at_firm)} if at_firm else {}), **({"kind": kind} if kind else {}), **duty}
