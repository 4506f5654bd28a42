"""Registering and editing cases."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.leaving import relied_on
from accounts.models import User
from cases.models import CaseState, LegalCase
from cases.services.writing import (
    CaseError,
    check_day,
    check_unit,
    fill,
    saved_once,
    settle_change,
    submitted,
)
from common.closing import look
from common.forms.conflicts import save_version, write_fields
from common.idempotence import own_key
from common.text import clean

# Brackets of a 案号 are stored full-width, whichever a keyboard gives.
BRACKETS = str.maketrans("()", "（）")


@transaction.atomic
def create_case(*, by: User, today: date, data: dict[str, Any], submission: UUID | None, reason: str = "") -> LegalCase:
    """Registers a case; the same form sent twice gives the case already made.

    Raises:
        AlreadySavedError: the form has registered something else before.
        CaseError: the 案号 is taken, a date makes no sense, the period is closed and no `reason` given, the unit not
            this person's.
    """
    made = submitted(LegalCase, by, submission, {**data, "number": case_number(data["number"])})
    if made:
        return made
    case = LegalCase(created_by=by, submission=own_key(by, submission))
    enterprises = fill(case, data)
    check_case(case, by, today)
    seen, stored = look(), saved_once(case, "number", "这个案号已经登记过，请搜索后打开")
    if stored is case:  # or else the same form came twice at one moment
        case.enterprises.set(enterprises)
        settle_change(seen, None, case, reason, by)
    return stored


@transaction.atomic
def edit_case(
    *, case: LegalCase, by: User, today: date, data: dict[str, Any], version: int | None, reason: str = ""
) -> LegalCase:
    """Changes a case; what a closed period counts of it or of its money only with a reason.

    Raises:
        CaseError: as in create_case.
        StaleVersionError: someone saved the case since the form was opened.
    """
    seen = look(case)
    before = LegalCase.objects.get(pk=case.pk)
    case = LegalCase.objects.get(pk=case.pk)
    enterprises = fill(case, data)
    check_case(case, by, today)
    save_version(case, version)
    move_money(case)
    case.enterprises.set(enterprises)
    settle_change(seen, before, case, reason, by)
    return case


@transaction.atomic
def change_officer(*, case: LegalCase, officer: User, by: User) -> LegalCase:
    """Gives an open case to another officer of its unit; no figure depends on who that is.

    Raises:
        CaseError: the case is closed, not the actor's, or the officer doesn't work in its unit.
    """
    case = LegalCase.objects.select_for_update(of=("self",)).select_related("unit").get(pk=case.pk)
    check_unit(case.unit, by)
    if case.state == CaseState.CLOSED:
        raise CaseError(f"{case.number} 已结案，不必交接")
    officer = relied_on(officer)
    if not officer.works or officer.unit is None or not officer.unit.is_within(case.unit):
        raise CaseError(f"{officer.name}不是{case.unit}的在岗人员，请从承办单位选人")
    case.officer = officer
    save_version(case, case.version)
    return case


def move_money(case: LegalCase) -> None:
    """Money is counted where its case is and goes along with it."""
    write_fields(case.recoveries.all(), unit_id=case.unit_id, workstream_id=case.workstream_id)


def check_case(case: LegalCase, by: User, today: date) -> None:
    case.number = case_number(case.number)
    spellings = {case.number, case.number.replace("（", "(").replace("）", ")")}
    if LegalCase.objects.filter(number__in=spellings).exclude(pk=case.pk).exists():
        raise CaseError("这个案号已经登记过，请搜索后打开", "number")
    check_unit(case.unit, by)
    check_course(case, today)


def case_number(words: str) -> str:
    """A 案号 as it is kept, typed or imported."""
    return clean(words).translate(BRACKETS)


def check_course(case: LegalCase, today: date) -> None:
    """State, result, detention and their dates fit together, whether typed or imported.

    Raises:
        CaseError: what does not.
    """
    check_day("立案日期", case.filed_on, today, "filed_on")
    check_state(case, today)
    check_detention(case, today)


def check_state(case: LegalCase, today: date) -> None:
    """A closed case has its date, an open one neither date nor result."""
    if case.state == CaseState.CLOSED:
        if case.closed_on is None:
            raise CaseError("已结案件要填结案日期", "closed_on")
        check_day("结案日期", case.closed_on, today, "closed_on")
        if case.closed_on < case.filed_on:
            raise CaseError(f"结案日期 {case.closed_on} 早于立案日期 {case.filed_on}，请改正", "closed_on")
    elif case.closed_on is not None:
        raise CaseError("填了结案日期，状态请选“已结”；还在办就把结案日期清空", "state")
    elif case.result:
        raise CaseError("在办案件还没有结果；已有结果请把状态选为“已结”并填结案日期", "result")


def check_detention(case: LegalCase, today: date) -> None:
    if case.detained_persons and case.detained_on is None:
        raise CaseError(f"拘留 {case.detained_persons} 名被执行人，请填拘留日期", "detained_on")
    if case.detained_on is None:
        return
    if not case.detained_persons:
        raise CaseError("填了拘留日期，请填拘留人数；没有拘留就把日期清空", "detained_persons")
    check_day("拘留日期", case.detained_on, today, "detained_on")
    if case.detained_on < case.filed_on:
        raise CaseError(f"拘留日期 {case.detained_on} 早于立案日期 {case.filed_on}，请改正", "detained_on")
