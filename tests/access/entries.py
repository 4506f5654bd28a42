from datetime import date
from typing import Any

from django.utils import timezone

from ledger.models import BulkRun, LadderStep, Notice, NoticeKind, Robot, SavedView
from ledger.sampling import span_of
from ledger.services.checking.confirmations import ask_enterprise
from ledger.services.checking.rechecks import draw
from ledger.services.messages.notices import notify
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import EntryState
from tests.access import ADMIN, COORDINATOR, LEADER, WORKING, Access
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import attached


def entry(unit: Any) -> dict[str, Any]:
    return {"pk": EntryFactory(unit=unit).pk}


def done(unit: Any) -> dict[str, Any]:
    return {"pk": EntryFactory(unit=unit, state=EntryState.COMPLETED).pk}


def link(unit: Any) -> dict[str, Any]:
    office = UserFactory(coordinator=True, city=True)
    entry = EntryFactory(unit=unit, state=EntryState.COMPLETED)
    return {"pk": ask_enterprise(entry=entry, actor=office, at=timezone.now()).pk}


def order(unit: Any) -> dict[str, Any]:
    entry = EntryFactory(unit=unit, state=EntryState.HANDLING)
    day = timezone.localdate()
    return {"pk": issue_order(entry=entry, actor=None, at=timezone.now(), demand=Demand("限期办理", day)).pk}


def shared_view(unit: Any) -> dict[str, Any]:
    """One for everybody, which the office and admins change."""
    owner = UserFactory(unit=unit, admin=True)
    return {"pk": SavedView.objects.create(name="全部逾期", owner=owner, audience="all").pk}


def bulk_run(unit: Any) -> BulkRun:
    """Shown to whoever ran it, to nobody else."""
    actor = UserFactory(unit=unit, coordinator=True)
    return BulkRun.objects.create(actor=actor, operation="remind", run_at=timezone.now())


def notice(unit: Any) -> Notice:
    """Somebody else's."""
    entry = EntryFactory(unit=unit)
    return notify([UserFactory(unit=unit)], NoticeKind.REMINDED, entry, "请抓紧", by=None, at=timezone.now())[0]


def recheck(unit: Any) -> dict[str, Any]:
    """Drawn from what an officer of the unit withdrew; judged by the office only."""
    EntryFactory(unit=unit, state=EntryState.REJECTED)
    made, _ = draw(span=span_of(date(2023, 5, 10), weekly=False), at=timezone.now())
    return {"pk": made.rechecks.get().pk}


def robot(unit: Any) -> dict[str, Any]:
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=sample"
    return {"pk": Robot.objects.create(name="样例群", url=address, unit=unit).pk}


RECEIVERS = {COORDINATOR, ADMIN}
TABLE = {
    "ledger:order-acknowledge": Access({COORDINATOR}, order, method="post", scoped=True),
    "ledger:order-create": Access(
        {LEADER}, lambda unit: {"pk": EntryFactory(unit=unit, state=EntryState.HANDLING).pk}, scoped=True
    ),
    "ledger:order-detail": Access(WORKING, order, scoped=True),
    "ledger:order-export": Access(WORKING),
    "ledger:order-list": Access(WORKING),
    "ledger:order-reply": Access({COORDINATOR}, order, method="post", scoped=True),
    "ledger:order-judge": Access({LEADER}, order, method="post", scoped=True),
    "ledger:order-word": Access(WORKING, order, scoped=True),
    "ledger:recheck-detail": Access({COORDINATOR, LEADER, ADMIN}, recheck, scoped=True),
    "ledger:recheck-draw": Access({ADMIN}, method="post"),
    "ledger:recheck-export": Access({COORDINATOR, LEADER, ADMIN}),
    "ledger:recheck-list": Access({COORDINATOR, LEADER, ADMIN}),
    "ledger:recheck-rule": Access({ADMIN}),
    "ledger:confirmation-create": Access(RECEIVERS, done, method="post", scoped=True),
    "ledger:confirmation-link": Access(RECEIVERS, link, scoped=True),
    "ledger:confirmation-revoke": Access(RECEIVERS, link, method="post", scoped=True),
    "ledger:attachment": Access(WORKING, lambda unit: {"pk": attached(EntryFactory(unit=unit)).pk}, scoped=True),
    "ledger:calendar": Access(WORKING),
    "ledger:calendar-announce": Access({ADMIN}),
    "ledger:calendar-days": Access({ADMIN}),
    "ledger:calendar-rules": Access({ADMIN}),
    "ledger:money-rule": Access({ADMIN}),
    "ledger:shift-export": Access(WORKING),
    "ledger:shift-list": Access(WORKING),
    "ledger:escalation-export": Access(WORKING),
    "ledger:escalation-list": Access(WORKING),
    "ledger:ladder": Access({ADMIN}),
    "ledger:ladder-step": Access({ADMIN}, lambda unit: {"pk": LadderStep.objects.get(after_days=3).pk}),
    "ledger:ladder-step-create": Access({ADMIN}),
    "ledger:robot-list": Access({ADMIN}),
    "ledger:robot-create": Access({ADMIN}),
    "ledger:robot-edit": Access({ADMIN}, robot),
    "ledger:robot-test": Access({ADMIN}, robot, method="post"),
    "ledger:robot-messages": Access({ADMIN}),
    "ledger:robot-messages-export": Access({ADMIN}),
    "ledger:entry-choices": Access(WORKING),
    "ledger:handler-choices": Access(WORKING),
    "ledger:entry-create": Access(WORKING),
    "ledger:entry-detail": Access(WORKING, entry, scoped=True),
    "ledger:entry-edit": Access(RECEIVERS, entry, scoped=True),
    "ledger:entry-link-case": Access(WORKING, entry, "post", scoped=True),
    "ledger:entry-export": Access(WORKING),
    "ledger:entry-filters": Access(WORKING),
    "ledger:entry-similar": Access(WORKING),
    "ledger:bulk": Access({COORDINATOR, LEADER, ADMIN}, lambda unit: {"operation": "remind"}),
    "ledger:bulk-result": Access(frozenset(), lambda unit: {"pk": bulk_run(unit).pk}),
    "ledger:notice-list": Access(WORKING),
    "ledger:notice-count": Access(WORKING),
    "ledger:notice-read-all": Access(WORKING, method="post"),
    "ledger:notice-open": Access(frozenset(), lambda unit: {"pk": notice(unit).pk}, method="post"),
    "ledger:view-list": Access(WORKING),
    "ledger:view-create": Access(WORKING),
    "ledger:view-edit": Access({ADMIN}, shared_view),
    "ledger:view-delete": Access({ADMIN}, shared_view, method="post"),
    "ledger:entry-list": Access(WORKING),
    "ledger:entry-move": Access(RECEIVERS, lambda unit: {**entry(unit), "action": "accept"}, scoped=True),
}
