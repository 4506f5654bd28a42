"""检察建议, with the case they belong to."""

import re
from collections.abc import Mapping
from typing import Any

from cases.models import LegalCase, ProcuratorialRecommendation
from cases.services.published import check_answer
from cases.services.writing import CaseError
from imports.cells.widgets import Choice, Column, Day, Text
from imports.errors import RowError
from imports.known.register import case_key
from imports.models import RowOutcome
from imports.resources.base import ImportResource

ADOPTED = {"已采纳": True, "未采纳": False}
ADOPTED_WORDS = {
    "采纳": True,
    "是": True,
    "不采纳": False,
    "未予采纳": False,
    "否": False,
    "未回复": None,
    "尚未回复": None,
}
MADE_UP = re.compile(r"-建议\d+$")  # of a case list that only told how many there were (`resources.cases`)
FIELDS = ("number", "case", "unit", "workstream", "addressee", "subject", "issued_on", "replied_on", "is_adopted")


class RecommendationResource(ImportResource):
    kind, title, label_field = "recommendations", "检察建议", "number"
    writes = (ProcuratorialRecommendation,)
    page = "cases:recommendation-edit"
    lookups = {"unit": "units", "workstream": "workstreams"}

    number = Column("文号", Text(60), required=True, example="津检建〔2023〕5号")
    case = Column("所涉案件", Text(100), example="", hint="案号，须已登记；不涉案的留空")
    unit = Column("制发单位", Text(100), required=True, example="市人民检察院", lookup="units")
    workstream = Column("所属大事", Text(50), example="津市港", lookup="workstreams")
    addressee = Column("发送对象", Text(200), example="市样例局")
    subject = Column("事由", Text(300), example="督促整治样例路口安全隐患")
    issued_on = Column("制发日期", Day(), required=True, example="2023-05-12")
    replied_on = Column("回复日期", Day(), example="2023-06-12")
    is_adopted = Column("采纳", Choice("采纳", ADOPTED, ADOPTED_WORDS), example="已采纳")

    def take(self, register: Any, keys: Mapping[str, Any]) -> None:
        register.cases = {case_key(case.number): case for case in LegalCase.objects.only("number")}
        stored = ProcuratorialRecommendation.objects.select_related("case", "unit", "workstream").order_by("pk")
        register.own = {case_key(one.number): one for one in stored}
        for one in stored:
            if MADE_UP.search(one.number):
                register.made_up[one.case_id].append(one)

    def place(self, values: dict[str, Any], row: Any, register: Any, plan: Any) -> None:
        key = case_key(values["number"])
        wanted = {name: values[name] for name in FIELDS} | {"case": case_of(values["case"], register)}
        again = register.first_time(key, row.source.where, wanted)
        if again == "same":
            row.settle(RowOutcome.DUPLICATE, f"与 {register.seen[key][0]} 文号相同，内容相同")
            return
        if again:
            raise RowError("number", f"与 {register.seen[key][0]} 文号相同但内容不同，请只留一行")
        stored = register.own.get(key) or stand_in(wanted["case"], row, register)
        self.refuse_retired(values, stored)
        was = (stored.case_id, case_key(stored.number)) if stored and MADE_UP.search(stored.number) else None
        if stored is None:
            stored = ProcuratorialRecommendation(
                **{name: value for name, value in wanted.items() if value not in (None, "")}
            )
            register.check_day(row, "issued_on", stored.issued_on)
            plan.add(stored, row)
        else:
            before = register.facts(stored)
            same_number = case_key(stored.number) == key  # spelled otherwise is no change
            changed = plan.change(stored, wanted | ({"number": stored.number} if same_number else {}), row)
            register.check(row, "issued_on", before, register.facts(stored))
            row.settle(RowOutcome.UPDATE if changed else RowOutcome.UNCHANGED)
        obey(stored)
        if was:  # only now: a wrong row takes nobody's place
            register.made_up[was[0]].remove(stored)
        if was and was[1] != key:
            del register.own[was[1]]
        row.made = stored


def case_of(number: str, register: Any) -> LegalCase | None:
    """The registered case of a 案号.

    Raises:
        RowError: there is none.
    """
    found: LegalCase | None = register.cases.get(case_key(number))
    if number and found is None:
        raise RowError("case", f"案号“{number[:60]}”还没有登记，请先导入或登记这个案件；不涉案的留空")
    return found


def stand_in(case: LegalCase | None, row: Any, register: Any) -> ProcuratorialRecommendation | None:
    """One that a case list told only the number of: the first real 文号 of the case takes its place, or it would count
    twice."""
    if case is None:
        return None
    one: ProcuratorialRecommendation | None = next(iter(register.made_up[case.pk]), None)
    if one:
        row.notes.append(f"由案件台账按件数登记的“{one.number}”改为这个文号，不另计一件")
    return one


def obey(recommendation: ProcuratorialRecommendation) -> None:
    """The rules of the page.

    Raises:
        RowError: as the page says it.
    """
    try:
        check_answer(recommendation)
    except CaseError as error:
        raise RowError(error.field or "number", str(error)) from error
