"""What hangs on an imported case: the money recovered, counted once and where the case is, and the recommendations."""

from decimal import Decimal
from typing import Any

from cases.models import LegalCase, ProcuratorialRecommendation
from imports.errors import RowError
from imports.known.unique import Holders
from ledger.models import ProblemEntry, Recovery, RecoveryKind
from ledger.services.money.kin import same_money

MONEY = {"recovered": RecoveryKind.RECOVERED, "avoided": RecoveryKind.AVOIDED}
LONGEST = 60 - len("-建议50")  # of a 案号 in a number made up of it


def add_money(case: LegalCase, values: dict[str, Any], register: Any, plan: Any, row: Any) -> bool:
    """The case's recoveries that are not there yet; an amount that contradicts what is there is an error."""
    added = False
    for name, kind in MONEY.items():
        amount = values[name].amount if values[name] else None
        there = register.recoveries.get((case.pk, kind)) if case.pk else None
        if not amount or there == amount:
            continue
        if there is not None:
            raise RowError(
                name, f"这个案件已登记{kind.label} {there:,.2f} 元，与表中 {amount:,.2f} 元不同，请在案件页面核对后修改"
            )
        refuse_twice(case, kind, amount, name, register)
        day = case.closed_on or case.filed_on
        register.check_day(row, name, day)
        recovery = Recovery(
            case=case, kind=kind, amount=Decimal(amount), basis="涉企案件台账", happened_on=day,
            unit=case.unit, workstream=case.workstream,
        )  # fmt: skip
        plan.add(recovery, row)
        row.changes[f"{kind.label}损失"] = ["（空）", f"{amount:,.2f}"] if case.pk else []
        added = True
    row.changes = {label: change for label, change in row.changes.items() if change}
    return added


def move_money(case: LegalCase, register: Any, plan: Any, row: Any) -> None:
    """Money is counted where its case is and goes along with it, as on the page."""
    shown, moved = dict(row.changes), 0
    for recovery in register.hanging.money[LegalCase, case.pk]:
        moved += plan.change(recovery, {"unit": case.unit, "workstream": case.workstream}, row)
    row.changes = shown  # the case's own
    if moved:
        row.notes.append(f"已登记的 {moved} 笔挽回损失随案件一起改")


def take_linked(register: Any) -> None:
    """What hangs on cases by other ways: the problems that are linked with one, recommendations."""
    register.linked = set(ProblemEntry.objects.exclude(case=None).order_by().values_list("case", flat=True))
    register.numbers = Holders("检察建议文号")
    for issued in ProcuratorialRecommendation.objects.all():
        register.numbers.learn([(issued.number, issued)])
        register.recommended[issued.case_id] += 1


def refuse_twice(case: LegalCase, kind: str, amount: Decimal, name: str, register: Any) -> None:
    """The same money in the story of a problem that is linked with the case: on the page it must be said that it is
    other money.

    Raises:
        RowError: there is such money.
    """
    earlier = same_money(case, kind, amount) if case.pk in register.linked else []
    if earlier:
        where = earlier[0].subject
        place = f"问题 {where.number}" if isinstance(where, ProblemEntry) else str(where)
        raise RowError(
            name,
            f"与这个案件关联的 {place} 已登记{RecoveryKind(kind).label} {amount:,.2f} 元，同一笔钱只计一次；"
            "请把这一格清空，确是另一笔钱的在案件页面登记",
        )


def add_recommendations(case: LegalCase, values: dict[str, Any], register: Any, plan: Any, row: Any) -> None:
    """As many recommendations as the row says, numbered by the case until their own numbers are known.

    Raises:
        RowError: another one has such a number.
    """
    for number in range(1, (values["recommendations"] or 0) + 1):
        issued = ProcuratorialRecommendation(
            number=made_up(case.number, number), case=case, unit=case.unit, workstream=case.workstream,
            issued_on=case.closed_on or case.filed_on,
        )  # fmt: skip
        register.numbers.check(issued.number, None, "recommendations")
        register.numbers.give(issued.number, issued, row.source.where)
        plan.add(issued, row)


def made_up(number: str, at: int) -> str:
    """Of a long 案号 its beginning and its end, where such differ."""
    kept = number if len(number) <= LONGEST else f"{number[:20]}…{number[-(LONGEST - 21) :]}"
    return f"{kept}-建议{at}"


def note_recommendations(stored: LegalCase, values: dict[str, Any], row: Any, register: Any) -> None:
    """How many were issued with a stored case is a matter of its page: a row does not change it, and says so."""
    said, there = values["recommendations"], register.recommended[stored.pk]
    if said is not None and said != there:
        row.notes.append(f"系统里这个案件有检察建议 {there} 份，表里写 {said} 份，未改动；请在检察建议页面登记")
