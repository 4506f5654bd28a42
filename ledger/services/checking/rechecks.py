"""撤单质检: a sample of what was withdrawn, rejected or merged is looked at again by somebody else.

Without it the easiest way to a good rate is to set aside what is hard.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from common.forms.conflicts import save_version
from common.periods import local_date
from jobs.services import enqueue
from ledger.models import EntryEvent, Recheck, RecheckDraw, RecheckEvery, RecheckRule, Verdict
from ledger.moves.data import MoveData
from ledger.moves.table import MOVES
from ledger.sampling import SetAside, Span, sample, span_of
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import FieldsRefusedError, LedgerError, MissingNeedError
from ledger.services.rights import may_recheck
from ledger.states import SET_ASIDE, Action

DRAW = "ledger.recheck"
SET_ASIDE_BY = frozenset(action for action, move in MOVES.items() if move.target in SET_ASIDE)
CATCH_UP = 3  # periods at most, where nobody drew for a while


def current_rule() -> RecheckRule:
    """The rule in force; the usual one where nobody has set any."""
    return RecheckRule.objects.order_by("pk").first() or RecheckRule()


@transaction.atomic
def change_rule(*, version: int | None, **fields: Any) -> RecheckRule:
    """Sets the share and the period for draws to come.

    Raises:
        StaleVersionError: someone changed it since `version`.
        FieldsRefusedError: a share that makes no sense.
    """
    RecheckRule.objects.get_or_create(pk=1)
    rule = RecheckRule.objects.get(pk=1)
    for name, value in fields.items():
        setattr(rule, name, value)
    try:
        rule.clean_fields()
    except ValidationError as error:
        raise FieldsRefusedError({name: "；".join(words) for name, words in error.message_dict.items()}) from error
    save_version(rule, version)
    return rule


def ended_span(today: date, rule: RecheckRule) -> Span:
    """The last period that is over."""
    return span_of(today, weekly=rule.every == RecheckEvery.WEEK).before()


def request_draws(today: date) -> list[str]:
    """Asks for the draws that are due: the last period's, and those missed since the last draw. Once each."""
    span = ended_span(today, current_rule())
    wanted: list[str] = []
    last = RecheckDraw.objects.aggregate(last=Max("ends_on"))["last"]
    while len(wanted) < (CATCH_UP if last else 1) and (last is None or span.ends_on > last):
        wanted.append(span.code)
        span = span.before()
    for code in reversed(wanted):
        enqueue(kind=DRAW, key=f"{DRAW}:{code}", params={"period": code}, once=True)
    return wanted[::-1]


@transaction.atomic
def draw(*, span: Span, at: datetime, actor: User | None = None) -> tuple[RecheckDraw, int]:
    """Draws a period's sample; gives back the draw and how many entries are new in it.

    Drawn again it finds the same, by the share of the first time; only what has come to the period since (an import
    of older records) can add to it. No `actor` is the timetable.

    Raises:
        LedgerError: the period is not over yet.
    """
    if span.ends_on >= local_date(at):
        raise LedgerError(f"{span.label}还没有过完，过完以后才能抽取")
    made, _ = RecheckDraw.objects.get_or_create(
        period=span.code,
        defaults={
            "starts_on": span.starts_on,
            "ends_on": span.ends_on,
            "percent": current_rule().percent,
            "drawn_at": at,
            "drawn_by": actor,
        },
    )
    RecheckDraw.objects.select_for_update().get(pk=made.pk)  # two draws at once: one after the other
    chosen = {step.event: step for step in sample(set_aside(span), made.percent, span.code)}
    drawn = Recheck.objects.filter(event__in=chosen).values_list("event", flat=True)
    fresh = chosen.keys() - set(drawn)
    still = EntryEvent.objects.filter(pk__in=fresh, entry__state__in=SET_ASIDE).order_by("pk")
    rows = [Recheck(draw=made, entry_id=event.entry_id, event=event, unit_id=event.unit_id) for event in still]
    for row in rows:
        row.save()  # one by one, a few in a hundred: a row of its own in the trail for each that was drawn
    return made, len(rows)


def set_aside(span: Span) -> list[SetAside]:
    """Every step of the period by which an entry left the rates. Events never change, so neither does the sample."""
    steps = EntryEvent.objects.filter(
        action__in=SET_ASIDE_BY, happened_on__gte=span.starts_on, happened_on__lte=span.ends_on
    ).order_by("pk")
    rows = steps.values_list("pk", "entry_id", "entry__number", "seq", "unit_id")
    return [SetAside(pk, entry, f"{number}#{seq}", unit) for pk, entry, number, seq, unit in rows]


def may_judge(recheck: Recheck, user: User) -> bool:
    return not recheck.verdict and recheck.entry.state in SET_ASIDE and may_recheck(recheck, user)


def judge(*, recheck: Recheck, actor: User, at: datetime, verdict: str, words: str, seen: int | None) -> EntryEvent:
    """属实: the entry stays aside. 不属实: it is taken up again, and those who had set it aside are told.

    `seen` is the version of the entry on the person's page.

    Raises:
        FieldsRefusedError: no verdict, no words.
        MoveRefusedError: somebody else's to judge.
        MoveConflictError: somebody has just judged it.
    """
    if verdict not in Verdict.values:
        raise FieldsRefusedError({"verdict": "请选择属实或不属实"})
    action = Action.UPHOLD if verdict == Verdict.UPHELD else Action.REINSTATE
    try:
        return advance_entry(
            entry=recheck.entry, action=action, actor=actor, at=at, data=MoveData(note=words), seen=seen
        )
    except MissingNeedError as error:
        raise FieldsRefusedError({"words": "请写明查了什么、依据是什么"}) from error
