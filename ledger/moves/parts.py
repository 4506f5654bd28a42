"""协办: the supporting units of an entry, each with its own part of the work."""

from accounts.models import User
from ledger.models import ProblemEntry, SupportingUnit
from ledger.moves.data import MoveData, Step
from ledger.moves.rules import may_handle
from ledger.services.errors import MissingNeedError
from ledger.services.rights import clerks_for


def parts_of(entry: ProblemEntry) -> list[SupportingUnit]:
    """The supporting units; one query an entry unless they came with it."""
    return list(entry.support.all()) if entry.pk else []


def set_supporting_units(entry: ProblemEntry, data: MoveData) -> None:
    """The units named now; one that was there before keeps its person and its report."""
    units = [unit for unit in data.supporting_units if unit != data.lead_unit]
    entry.support.exclude(unit__in=units).delete()
    known = set(entry.support.values_list("unit", flat=True))
    for unit in units:
        if unit.pk not in known:
            SupportingUnit.objects.create(entry=entry, unit=unit)


def own_part(entry: ProblemEntry, actor: User) -> SupportingUnit | None:
    """The part this person answers for: that in their own name, else that of the unit they clerk for."""
    parts = parts_of(entry)
    mine = [part for part in parts if part.handler_id == actor.pk]
    clerked = [part for part in parts if clerks_for(actor, part.unit)]
    own = [part for part in clerked if part.unit_id == actor.unit_id]
    return next(iter([*mine, *own, *clerked]), None)


def may_write(part: SupportingUnit, actor: User, names: bool) -> bool:
    """One's own part, those of the units one clerks for; the office `names` people for any of them."""
    if part.handler_id == actor.pk or clerks_for(actor, part.unit):
        return True
    return names and actor.sees_all and actor.can("users.handover")


def write_part(step: Step) -> SupportingUnit:
    """Names who does a part, or takes down its report.

    Raises:
        MissingNeedError: no part is meant, or the person named doesn't work in that unit.
    """
    entry, data = step.entry, step.data
    part = data.part if data.part and data.part.entry_id == entry.pk else own_part(entry, step.person)
    if part is None:
        raise MissingNeedError("part", "请选择是哪个协办单位")
    if not may_write(part, step.person, data.supporter is not None):
        raise MissingNeedError("part", f"这是{part.unit}承担的部分，由它的联络员或协办人办理")
    if data.supporter is None:
        part.result, part.words, part.reported_on = data.result, data.note, step.day
    elif may_handle(data.supporter, part.unit):
        part.handler = data.supporter
    else:
        raise MissingNeedError("supporter", f"{data.supporter.name}不是{part.unit}的在岗人员，请从协办单位选人")
    part.save(update_fields=["handler", "result", "words", "reported_on"])
    return part
