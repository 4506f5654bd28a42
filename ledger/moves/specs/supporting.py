"""What the supporting units of an entry do: name who does their part, report it."""

from ledger.moves.data import Step
from ledger.moves.facts import Fact, Facts
from ledger.moves.parts import write_part
from ledger.moves.rules import has_result
from ledger.moves.spec import Field, Move, note
from ledger.states import IN_HAND, Action, Party


def part_written(step: Step) -> Facts:
    part = write_part(step)
    return {Fact.SUPPORTING_UNITS: part.unit.name}


REPORT_PART = Move(
    Action.REPORT_PART,
    IN_HAND,
    None,
    frozenset({Party.SUPPORTING_COORDINATOR, Party.SUPPORTER}),
    lambda event: f"的协办情况已反馈（{event.data.get(Fact.RESULT)}）",
    hint="反馈本单位承担的部分，牵头单位据此办结",
    fields=(Field("result", needed=True), note("办了什么，或为什么办不了", needed=True), Field("files")),
    also=("part",),  # one's own, unless a service says whose
    checks=(has_result,),
    follows=part_written,
    leading=True,
    quiet=True,
)
NAME_SUPPORTER = Move(
    Action.NAME_SUPPORTER,
    IN_HAND,
    None,
    frozenset({Party.PARTS_OFFICE, Party.SUPPORTING_COORDINATOR}),
    lambda event: f"的{event.data.get(Fact.SUPPORTING_UNITS)}协办人已定为{event.data.get(Fact.SUPPORTER)}",
    hint="协办人会在自己的工作里看到",
    fields=(Field("part"), Field("supporter", needed=True), note("说明")),
    follows=part_written,
)
