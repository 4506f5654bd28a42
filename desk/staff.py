"""派驻干部 land on 我的工作: whom to visit, what to handle, what is half written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.urls import Resolver404, resolve

from accounts.models import Draft, User
from common.periods import Period
from common.rows.keysets import leading
from duty.selectors.mine import HomeDuty, home_duty
from enterprises.models import Pairing
from ledger.calendar import working_calendar
from ledger.lights import with_lights
from ledger.models import ProblemEntry, ServiceActivity
from ledger.selectors.entries.queues import supporting_q
from ledger.states import IN_HAND, EntryState

VISIT_EVERY = timedelta(days=30)
FEW = 5
MANY = 8
SHOWN = 100  # more than anyone handles at once; the rest is one tap away in the list


@dataclass(frozen=True)
class PairingLine:
    pairing: Pairing
    last_visit: date | None
    is_due: bool


@dataclass(frozen=True)
class DraftLine:
    """Something typed and not saved: what kind of form, its first words, where to go on."""

    what: str
    words: str
    page: str
    updated_at: datetime


@dataclass(frozen=True)
class MyWork:
    pairings: list[PairingLine]
    to_acknowledge: list[ProblemEntry]
    handling: list[ProblemEntry]
    deferred: list[ProblemEntry]
    supporting: list[ProblemEntry]
    drafts: list[DraftLine]
    activities: list[ServiceActivity]
    duty: HomeDuty

    @property
    def waiting(self) -> int:
        return len(self.to_acknowledge) + len(self.handling) + len(self.supporting)

    @property
    def waiting_text(self) -> str:
        return f"{SHOWN}+" if self.waiting >= SHOWN else str(self.waiting)

    @property
    def due_visits(self) -> int:
        return sum(line.is_due for line in self.pairings)

    @property
    def overdue(self) -> int:
        return sum(bool(entry.light and entry.light.colour == "red") for entry in self.to_acknowledge + self.handling)


def my_work(user: User, today: date) -> MyWork:
    entries = ProblemEntry.objects.visible_to(user).filter(handler=user)
    calendar, related = working_calendar(), ("enterprise", "project", "workstream")
    parts = leading(ProblemEntry.objects.visible_to(user).filter(supporting_q(user)), SHOWN, "deadline", "pk")
    in_hand = leading(entries.filter(state__in=IN_HAND), SHOWN, "deadline", "pk")
    mine = with_lights(in_hand.select_related(*related), today, calendar)
    return MyWork(
        pairings=my_pairings(user, today),
        to_acknowledge=[entry for entry in mine if entry.state == EntryState.ASSIGNED],
        handling=[entry for entry in mine if entry.state == EntryState.HANDLING],
        deferred=[entry for entry in mine if entry.state == EntryState.DEFERRED],
        supporting=with_lights(parts.select_related(*related), today, calendar),
        drafts=my_drafts(user),
        activities=list(
            ServiceActivity.objects.visible_to(user)
            .filter(officer=user)
            .select_related("enterprise", "project")
            .prefetch_related("outputs")
            .order_by("-happened_on", "-pk")[:FEW]
        ),
        duty=home_duty(user, today),
    )


def my_pairings(user: User, today: date) -> list[PairingLine]:
    """A visit is due where this officer has not been for 30 days, or not yet in this half-year."""
    seen = ServiceActivity.objects.visible_to(user)
    with_others = ServiceActivity.participants.through.objects.filter(user=user).values("serviceactivity")

    def last(target: str, rule: Q) -> Subquery:
        visits = seen.filter(rule, **{target: OuterRef(target)}).order_by("-happened_on")
        return Subquery(visits.values("happened_on")[:1])

    # Apart: own visits are found by an index at once, and those one went along to are few.
    ways = {"own": Q(officer=user), "joined": Q(pk__in=with_others)}
    visits = {f"{way}_{on}": last(on, rule) for way, rule in ways.items() for on in ("enterprise", "project")}
    pairings = Pairing.objects.visible_to(user).of(user).on(today).select_related("enterprise", "project")
    since = max(today - VISIT_EVERY, Period.half_of(today).start)
    lines = []
    for pairing in pairings.annotate(**visits).order_by("pk"):
        visited = max((day for day in map(vars(pairing).get, visits) if day), default=None)
        lines.append(PairingLine(pairing, visited, visited is None or visited < since))
    return sorted(lines, key=lambda line: (not line.is_due, line.last_visit or date.min))


FORMS = {
    "ledger:activity-create": "服务活动",
    "ledger:activity-edit": "修改服务活动",
    "ledger:entry-create": "问题登记",
    "ledger:entry-edit": "修改问题",
    "ledger:recovery-create": "挽回损失",
    "ledger:survey-create": "调查表",
    "ledger:survey-edit": "修改调查表",
    "cases:case-create": "涉企案件",
    "cases:case-edit": "修改案件",
}
TELLING_FIELDS = ("title", "summary", "content", "appeal", "target_name", "note", "basis", "number")


def my_drafts(user: User) -> list[DraftLine]:
    lines = [draft_line(draft) for draft in Draft.objects.visible_to(user).order_by("-updated_at")[:MANY]]
    return [line for line in lines if line]


def draft_line(draft: Draft) -> DraftLine | None:
    """None when the draft doesn't say on which page of this site it was typed."""
    page = first_of(draft.data, "draft_page")
    try:
        match = resolve(page.split("?")[0]) if page.startswith("/") and not page.startswith("//") else None
    except Resolver404:
        match = None
    if match is None:
        return None
    words = next((first_of(draft.data, name) for name in TELLING_FIELDS if first_of(draft.data, name)), "")
    return DraftLine(FORMS.get(match.view_name, "没填完的表单"), words[:60], page, draft.updated_at)


def first_of(data: dict[str, list[str]], name: str) -> str:
    values = data.get(name) or [""]
    return str(values[0])
