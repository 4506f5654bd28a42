from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile

from common.files import CheckedFile, check_upload
from common.periods import SHANGHAI
from ledger.models import (
    ActivityKind,
    Attachment,
    ProblemCategory,
    ProblemEntry,
    Recovery,
    RecoveryKind,
    ServiceActivity,
    SurveyForm,
)
from ledger.services.entries.moving import MoveData, advance_entry
from ledger.services.entries.registering import create_entry
from ledger.services.files import attach
from ledger.states import Action, EntryState
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.cases import CaseFactory
from tests.factories.enterprises import EnterpriseFactory


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ServiceActivity

    kind = ActivityKind.VISIT
    happened_on = date(2023, 5, 10)
    unit = factory.SubFactory(UnitFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)


class SurveyFormFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SurveyForm

    enterprise = factory.SubFactory(EnterpriseFactory)
    unit = factory.SubFactory(UnitFactory)
    visited_on = date(2023, 5, 15)
    fingerprint = factory.Sequence(lambda n: f"{n:064d}")


class RecoveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Recovery

    kind = RecoveryKind.RECOVERED
    amount = Decimal("10000.00")
    basis = "样例判决书"
    happened_on = date(2023, 5, 20)
    case = factory.SubFactory(CaseFactory)
    unit = factory.LazyAttribute(lambda recovery: recovery.case.unit)


PATH = [
    (EntryState.ACCEPTED, Action.ACCEPT),
    (EntryState.ASSIGNED, Action.ASSIGN),
    (EntryState.HANDLING, Action.ACKNOWLEDGE),
    (EntryState.COMPLETED, Action.COMPLETE),
    (EntryState.CONFIRMED, Action.CONFIRM),
    (EntryState.CLOSED, Action.CLOSE_OUT),
]


def move(entry: ProblemEntry, action: Action, *, actor: Any, day: date | None = None, **data: Any) -> ProblemEntry:
    """One move by the real service, an hour after the last event unless a day is given."""
    if action == Action.MARK_DUPLICATE:
        data.setdefault("is_same", True)  # made-up entries are of firms of their own
    last = entry.events.order_by("-seq").first()
    when = max(at(day), last.occurred_at) if day else last.occurred_at + timedelta(minutes=5)
    advance_entry(entry=entry, action=action, actor=actor, at=when, data=MoveData(**data))
    return entry


def walk(entry: ProblemEntry, state: EntryState, day: date | None = None) -> ProblemEntry:
    """Takes an entry to a state by the real moves, with the people each needs."""
    if state == EntryState.DEFERRED:
        return deferred(walk(entry, EntryState.HANDLING, day), day)
    office = UserFactory(coordinator=True, city=True)
    handler = entry.handler or UserFactory(unit=entry.lead_unit or entry.unit)
    extra = {
        Action.ASSIGN: {
            "lead_unit": entry.lead_unit or entry.unit,
            "handler": handler,
            "deadline": max(entry.registered_on, day or entry.registered_on) + timedelta(days=14),
            "deadline_reason": "样例理由",
        },
        Action.COMPLETE: {"note": "已协调解决"},
        Action.CONFIRM: {"rating": "satisfied", "spoken_with": "联系人", "note": "对结果满意"},
    }
    for target, action in PATH:
        actor = handler if action in (Action.ACKNOWLEDGE, Action.COMPLETE) else office
        move(entry, action, actor=actor, day=day, **({**extra.get(action, {}), **files(action)}))
        if target == state:
            break
    return entry


def deferred(entry: ProblemEntry, day: date | None = None) -> ProblemEntry:
    """Asked by the handler, granted by the office, for half a year."""
    until = (day or entry.registered_on) + timedelta(days=180)
    move(entry, Action.ASK_DEFERRAL, actor=entry.handler, day=day, until=until, note="政策还未明确")
    return move(entry, Action.DEFER, actor=UserFactory(coordinator=True, city=True), day=day)


def evidence(name: str = "回执.pdf") -> CheckedFile:
    return check_upload(SimpleUploadedFile(name, b"%PDF-1.4 sample"))


def files(action: Action) -> dict[str, Any]:
    return {"files": [evidence()]} if action == Action.COMPLETE else {}


class EntryFactory(factory.django.DjangoModelFactory):
    """Made by the real service, so that number and first event are there; `state=` walks it there."""

    class Meta:
        model = ProblemEntry

    title = factory.Sequence(lambda n: f"样例问题{n:04d}")
    unit = factory.SubFactory(UnitFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    category = factory.LazyFunction(lambda: ProblemCategory.objects.get_or_create(name="其他")[0])

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> ProblemEntry:
        state = kwargs.pop("state", EntryState.REGISTERED)
        day = kwargs.pop("registered_on", date(2023, 5, 10))
        moved_on = kwargs.pop("moved_on", None)
        entry = create_entry(actor=kwargs.pop("registered_by", None), at=at(day), **kwargs)
        if state in (EntryState.REJECTED, EntryState.DUPLICATE):
            office = UserFactory(coordinator=True, city=True)
            if state == EntryState.REJECTED:
                return move(entry, Action.REJECT, actor=office, day=moved_on, note="不属受理范围")
            return move(entry, Action.MARK_DUPLICATE, actor=office, day=moved_on, duplicate_of=cls(registered_on=day))
        return entry if state == EntryState.REGISTERED else walk(entry, state, moved_on)


def attached(entry: ProblemEntry, name: str = "回执.pdf") -> Attachment:
    """A file of an entry, kept by the real service."""
    return attach([evidence(name)], by=None, entry=entry)[0]
