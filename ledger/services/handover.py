"""Handing over when an officer leaves: everything open in their name, found and given to somebody else.

Each kind goes by its own service, so that the same rules hold and the same history is written as when it is done
one by one; what one rule refuses does not hold up the rest.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.models import Draft, User, UserQuerySet
from cases.models import CaseState, LegalCase
from cases.services import CaseError, change_officer
from common.periods import local_date
from common.sent.numbers import whole_number
from enterprises.models import Pairing
from enterprises.services.errors import RegisterError
from enterprises.services.pairings import end_pairing, start_pairing
from ledger.models import ProblemEntry, SupportingUnit
from ledger.moves.data import MoveData
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import LedgerError
from ledger.services.rights import coordinates
from ledger.states import IN_HAND, Action, EntryState


@dataclass(frozen=True)
class Change:
    """Who hands over to whom, why, when and by whose hand."""

    to: User | None
    reason: str
    actor: User
    at: datetime


def give_entry(entry: ProblemEntry, change: Change) -> None:
    data = MoveData(handler=change.to, note=change.reason)
    advance_entry(entry=entry, action=Action.HAND_OVER, actor=change.actor, at=change.at, data=data)


def give_callback(entry: ProblemEntry, change: Change) -> None:
    data = MoveData(registrar=change.to, note=change.reason)
    advance_entry(entry=entry, action=Action.HAND_OVER, actor=change.actor, at=change.at, data=data)


def give_part(part: SupportingUnit, change: Change) -> None:
    data = MoveData(part=part, supporter=change.to, note=change.reason)
    advance_entry(entry=part.entry, action=Action.NAME_SUPPORTER, actor=change.actor, at=change.at, data=data)


def give_pairing(pairing: Pairing, change: Change) -> None:
    today, served = local_date(change.at), {"enterprise": pairing.enterprise, "project": pairing.project}
    end_pairing(
        pairing=pairing, ends_on=max(today, pairing.starts_on), notes=change.reason, today=today, actor=change.actor
    )
    new = Pairing(officer=change.to, starts_on=today, notes=change.reason[:200], **served)
    start_pairing(pairing=new, actor=change.actor, today=today)


def give_case(case: LegalCase, change: Change) -> None:
    if change.to:
        change_officer(case=case, officer=change.to, by=change.actor)


def drop(draft: Draft, change: Change) -> None:
    """Nobody else may read it; it goes with its owner."""
    draft.delete()


@dataclass(frozen=True)
class Kind:
    """One kind of what people have in hand: whose it is, how it is named and given on; `within`: the unit it belongs
    to, in which whoever does it has to work."""

    label: str
    measure: str
    owner: str
    rows: Callable[[], QuerySet[Any]]
    give: Callable[[Any, Change], None]
    name: Callable[[Any], str]
    url: Callable[[Any], str]
    within: str = ""


def entry_url(entry: ProblemEntry) -> str:
    return reverse("ledger:entry-detail", args=[entry.pk])


def served_url(pairing: Pairing) -> str:
    kind = "enterprise" if pairing.enterprise_id else "project"
    return reverse(f"enterprises:{kind}-detail", args=[getattr(pairing, f"{kind}_id")])


KINDS: dict[str, Kind] = {
    "entry": Kind(
        "经办的问题",
        "件",
        "handler",
        lambda: ProblemEntry.objects.open().order_by("deadline", "pk"),
        give_entry,
        str,
        entry_url,
        within="lead_unit",
    ),
    "callback": Kind(
        "登记后待回访的问题",
        "件",
        "registered_by",
        lambda: ProblemEntry.objects.filter(state=EntryState.COMPLETED).order_by("completed_on", "pk"),
        give_callback,
        str,
        entry_url,
    ),
    "part": Kind(
        "未反馈的协办",
        "件",
        "handler",
        lambda: (
            SupportingUnit.objects.filter(result="", entry__state__in=IN_HAND)
            .select_related("entry", "unit")
            .order_by("pk")
        ),
        give_part,
        lambda part: str(part.entry),
        lambda part: entry_url(part.entry),
        within="unit",
    ),
    "pairing": Kind(
        "结对",
        "个",
        "officer",
        lambda: Pairing.objects.filter(ends_on__isnull=True).select_related("enterprise", "project").order_by("pk"),
        give_pairing,
        lambda pairing: str(pairing.enterprise or pairing.project),
        served_url,
    ),
    "case": Kind(
        "在办案件",
        "件",
        "officer",
        lambda: LegalCase.objects.filter(state=CaseState.OPEN).order_by("filed_on", "pk"),
        give_case,
        str,
        lambda case: reverse("cases:case-detail", args=[case.pk]),
        within="unit",
    ),
    "draft": Kind(
        "没写完的表单",
        "份",
        "owner",
        lambda: Draft.objects.order_by("pk"),
        drop,
        lambda draft: f"{draft.updated_at:%Y-%m-%d} 自动保存，他人看不到内容，交接时清除",
        lambda draft: "",
    ),
}


def people_with_work(actor: User) -> list[tuple[User, int]]:
    """Those whose work this person may hand over, with how much each has in hand; the most first."""
    people = people_of(actor).select_related("unit")
    totals: dict[int, int] = {}
    for kind in KINDS.values():
        rows = kind.rows().order_by().filter(**{f"{kind.owner}__in": people_of(actor).values("pk")})
        for pk, count in rows.values_list(kind.owner).annotate(n=Count("pk")):
            totals[pk] = totals.get(pk, 0) + count
    found = [(person, totals[person.pk]) for person in people if person.pk in totals]
    return sorted(found, key=lambda pair: (-pair[1], pair[0].username))


def people_of(actor: User) -> UserQuerySet:
    """Whose work this person may hand over: an admin and the office everyone's, a coordinator the unit's. Whoever
    has left may still have some: an entry that was closed by then can be opened again."""
    people = User.objects.visible_to(actor)
    return people if actor.sees_all else people.filter(unit__in=actor.scope_units())


@dataclass(frozen=True)
class Outcome:
    done: int
    refused: list[str]


def hand_over(*, person: User, picked: Collection[str], change: Change) -> Outcome:
    """Gives on what was picked (`entry-12`, `pairing-3` …) as far as it is still in the person's name.

    Raises:
        LedgerError: not the actor's person, no reason, nobody to take it.
    """
    if not coordinates(change.actor, person.unit):
        raise LedgerError(f"{person.name}不属于您的单位，不能替其交接")
    if not change.reason.strip():
        raise LedgerError("请写明交接的原因，如岗位调整、调离")
    if change.to is None and any(not key.startswith("draft-") for key in picked):
        raise LedgerError("请选择由谁接手")
    done, refused = 0, []
    for key, kind in KINDS.items():
        ticked = (pk for name, _, pk in (one.partition("-") for one in picked) if name == key)
        pks = [number for pk in ticked if (number := whole_number(pk)) is not None]
        for row in kind.rows().filter(pk__in=pks, **{kind.owner: person}):
            name = kind.name(row)
            try:
                with transaction.atomic():
                    kind.give(row, change)
                done += 1
            except (LedgerError, RegisterError, CaseError) as error:
                refused.append(f"{kind.label}“{name}”：{error}")
    return Outcome(done, refused)
