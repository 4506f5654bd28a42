"""Who works on an entry: assigned, signed for, transferred, returned, handed over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Unit, User
from common.periods import local_date
from ledger.deadlines import Terms
from ledger.models import NoticeKind, ProblemEntry
from ledger.moves.clock import likely_deadline, reason_for
from ledger.moves.data import Problem, Step
from ledger.moves.facts import Fact, Facts, kept, short_day
from ledger.moves.parties import HANDLERS, RECEIVERS, REVIEWERS
from ledger.moves.parts import set_supporting_units
from ledger.moves.rules import late_with_reason, may_handle
from ledger.moves.spec import Audience, Changes, Field, Move, Tells, Watched, note, on
from ledger.states import IN_HAND, Action, EntryState, Party

S = EntryState


def likely_assignment(entry: ProblemEntry, now: datetime, terms: Terms) -> Mapping[str, Any]:
    """The deadline it has, what is left of it, or that of its rule; the unit that registered it."""
    return {
        "lead_unit": entry.lead_unit_id or entry.unit_id,
        "handler": entry.handler_id,
        "deadline": likely_deadline(entry, local_date(now), terms),
        "supporting_units": list(entry.supporting_units.values_list("pk", flat=True)),
    }


def assigned(step: Step) -> Changes:
    data, terms = step.data, step.data.terms
    whose = {"lead_unit": data.lead_unit, "handler": data.handler}
    if terms is None or data.deadline is None:
        return whose
    return whose | terms.assigned(step.entry, data.deadline, reason_for(step, data.deadline), step.day)


def support_named(step: Step) -> Facts:
    set_supporting_units(step.entry, step.data)
    return {}


def other_units(entry: ProblemEntry, user: User) -> QuerySet[Unit]:
    return Unit.objects.visible_to(user).filter(is_active=True).exclude(pk=entry.lead_unit_id or 0)


def other_unit(step: Step) -> Problem:
    lead = step.data.lead_unit
    if lead is None:
        return "lead_unit", "请选择转给哪个单位"
    same = lead.pk == step.entry.lead_unit_id
    return ("lead_unit", f"现在就由{lead}牵头，请选另一个单位") if same else None


def who_had_it(step: Step, unit: Fact) -> Facts:
    entry = step.entry
    had = {unit: entry.lead_unit and entry.lead_unit.name, Fact.WAS_HANDLER: entry.handler and entry.handler.name}
    return kept(had)


def leads_now(step: Step) -> Facts:
    """Whoever leads an entry no longer supports it."""
    step.entry.support.filter(unit=step.data.lead_unit).delete()
    return {}


def signer(step: Step) -> User | None:
    """Who handles it from the signature on: whom the coordinator names, who was named before, else who signs."""
    named = step.entry.handler
    return step.data.handler or (named if named and named.works else step.actor)


def signer_works_there(step: Step) -> Problem:
    """A coordinator of a unit above signs for a unit without one, and names somebody of it."""
    person, lead = signer(step), step.entry.lead_unit
    if person is None or lead is None or person.pk == step.entry.handler_id or may_handle(person, lead):
        return None
    return "handler", f"您不在{lead.name}，请从这个单位选由谁经办"


def names_coordinator(entry: ProblemEntry, parties: frozenset[Party]) -> bool:
    """Who signs for it handles it; only the unit's coordinator names another."""
    return Party.LEAD_COORDINATOR in parties


def above(parties: frozenset[Party]) -> frozenset[Party]:
    return parties & {Party.ADMIN, Party.OFFICE}


def hands_on_handling(entry: ProblemEntry, parties: frozenset[Party]) -> bool:
    return bool(above(parties)) or Party.LEAD_COORDINATOR in parties


def hands_on_registering(entry: ProblemEntry, parties: frozenset[Party]) -> bool:
    return bool(entry.registered_by_id and (above(parties) or Party.RECEIVING_COORDINATOR in parties))


def colleagues(unit: Unit | None, user: User) -> QuerySet[User]:
    people = User.objects.visible_to(user).working()
    return people.filter(unit__path__startswith=unit.path) if unit else people.none()


def next_handlers(entry: ProblemEntry, user: User) -> QuerySet[User]:
    return colleagues(entry.lead_unit, user).exclude(pk=entry.handler_id or 0)


def successor(step: Step) -> Problem:
    """Somebody new, for the handling or for what waits for the registrar."""
    data, entry = step.data, step.entry
    if data.handler is None and data.registrar is None:
        return "handler", "请选择由谁接手"
    if data.handler and data.handler.pk == entry.handler_id:
        return "handler", f"现在就由{data.handler.name}经办，请选另一个人"
    return None


def handed_over(step: Step) -> Changes:
    data = step.data
    handler = {"handler": data.handler} if data.handler else {}
    return {**handler, **({"registered_by": data.registrar} if data.registrar else {})}


def who_handed_over(step: Step) -> Facts:
    data, entry = step.data, step.entry
    return kept(
        {
            Fact.WAS_HANDLER: entry.handler.name if data.handler and entry.handler else "",
            Fact.WAS_REGISTRAR: entry.registered_by.name if data.registrar and entry.registered_by else "",
        }
    )


def handler_name(entry: ProblemEntry) -> str:
    return entry.handler.name if entry.handler else ""


ASSIGN = Move(
    Action.ASSIGN,
    on(S.ACCEPTED, S.ASSIGNED),
    S.ASSIGNED,
    RECEIVERS,
    lambda event: (
        f"已交办{event.entry.lead_unit}{handler_name(event.entry)}，"
        f"期限 {short_day(event.entry.deadline, event.happened_on)}"
    ),
    hint="牵头单位会在待办里看到",
    fields=(
        Field("lead_unit", needed=True),
        Field("handler"),
        Field("deadline", needed=True),
        Field("deadline_reason"),
        Field("supporting_units"),
        note("交办意见"),
    ),
    checks=(late_with_reason,),
    likely=likely_assignment,
    writes=assigned,
    follows=support_named,
    tells=Tells(NoticeKind.ASSIGNED, "交办给您"),
    by_terms=True,
    sets_deadline=True,
    leading=True,
)
ACKNOWLEDGE = Move(
    Action.ACKNOWLEDGE,
    on(S.ASSIGNED),
    S.HANDLING,
    HANDLERS,
    lambda event: (
        f"已签收，经办人{handler_name(event.entry)}，期限 {short_day(event.entry.deadline, event.happened_on)}"
    ),
    hint="签收后开始办理",
    fields=(Field("handler", empty="我自己", when=names_coordinator), note("签收意见")),
    likely=lambda entry, now, terms: {"handler": entry.handler_id},
    checks=(signer_works_there,),
    writes=lambda step: {"handler": signer(step)},
    leading=True,
)
TRANSFER = Move(
    Action.TRANSFER,
    on(S.ASSIGNED, S.HANDLING),
    S.ASSIGNED,
    frozenset({Party.ADMIN, Party.OFFICE, Party.LEAD_COORDINATOR}),
    lambda event: f"已转给{event.entry.lead_unit}牵头，期限仍是 {short_day(event.entry.deadline, event.happened_on)}",
    hint="转给另一个单位牵头，由它重新签收；办理期限不变",
    fields=(Field("lead_unit", "转给哪个单位", needed=True, rows=other_units), note("转办的理由", needed=True)),
    checks=(other_unit,),
    writes=lambda step: {"lead_unit": step.data.lead_unit, "handler": None},
    facts=lambda step: who_had_it(step, Fact.WAS_LEAD_UNIT),
    follows=leads_now,
    tells=Tells(NoticeKind.ASSIGNED, "转办给您"),
    watched=Watched("transferred", "转办"),
    settles=True,
)
RETURN = Move(
    Action.RETURN,
    on(S.ASSIGNED, S.HANDLING),
    S.ACCEPTED,
    frozenset({Party.LEAD_COORDINATOR}),
    "已退单，等待重新交办",
    hint="退回重新交办；重新交办时期限接着退单时还剩的工作日算，退单会计数并公开",
    fields=(note("退单的理由", needed=True),),
    writes=lambda step: {"lead_unit": None, "handler": None, "yellow_reason": ""},
    facts=lambda step: who_had_it(step, Fact.RETURNED_BY),
    tells=Tells(NoticeKind.RETURNED, "被退单，请重新交办", Audience.COORDINATORS),
    counter="return_count",
    watched=Watched("returned", "退单"),
    settles=True,
)
HAND_OVER = Move(
    Action.HAND_OVER,
    IN_HAND | {S.COMPLETED},
    None,
    REVIEWERS,
    lambda event: f"已交接给{event.data.get(Fact.HANDLER) or event.data.get(Fact.REGISTRAR)}",
    hint="换一个人接着办，期限和记录都不变",
    fields=(
        Field("handler", "换成谁经办", empty="不换", when=hands_on_handling, rows=next_handlers),
        Field("registrar", when=hands_on_registering),
        note("交接的原因", needed=True),
    ),
    checks=(successor,),
    writes=handed_over,
    facts=who_handed_over,
    tells=Tells(NoticeKind.ASSIGNED, "交接给您"),
)
