"""Writing cases and what goes with them. The rules live here; forms only read, views only show."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from accounts.models import User
from cases.models import Campaign, CaseState, LegalCase, ProcuratorialRecommendation, TypicalCase
from cases.querysets import BRACKETS
from common.closing import PeriodClosed, ensure_open
from common.conflicts import save_version
from common.dates import EARLIEST, date_fault
from common.text import clean

M = TypeVar("M", bound=models.Model)

DATES = ("filed_on", "closed_on", "detained_on")
# What the half-year tally reads: which dates of a case a change of the field can move a figure on.
COUNTED: dict[str, tuple[str, ...]] = {
    "kind": DATES,
    "unit": DATES,
    "workstream": DATES,
    "campaign": DATES,
    "state": ("closed_on",),
    "result": ("closed_on",),
    "detained_persons": ("detained_on",),
}


class CaseError(Exception):
    """Something the person can put right: the message says what, `field` names the form field it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def create_case(*, by: User, today: date, data: dict[str, Any], submission: UUID | None) -> LegalCase:
    """Registers a case; the same form sent twice gives the case already made.

    Raises:
        CaseError: the 案号 is taken, a date makes no sense, the period is closed, the unit is not this person's.
    """
    made = submitted(LegalCase, by, submission)
    if made:
        return made
    case = LegalCase(created_by=by, submission=submission)
    enterprises = fill(case, data)
    check_case(case, by, today)
    refuse_closed(case.filed_on, case.closed_on, case.detained_on)
    case = saved_once(case, "number", "这个案号已经登记过，请搜索后打开")
    case.enterprises.set(enterprises)
    return case


@transaction.atomic
def edit_case(*, case: LegalCase, by: User, today: date, data: dict[str, Any], version: int | None) -> LegalCase:
    """Changes a case; dates in a closed period stay as they were counted.

    Raises:
        CaseError: as in create_case.
        StaleVersionError: someone saved the case since the form was opened.
    """
    before = LegalCase.objects.get(pk=case.pk)
    case = LegalCase.objects.get(pk=case.pk)
    enterprises = fill(case, data)
    check_case(case, by, today)
    refuse_closed(*touched_days(before, case))
    save_version(case, version)
    move_money(case)
    case.enterprises.set(enterprises)
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
    if not officer.is_active or officer.unit is None or not officer.unit.path.startswith(case.unit.path):
        raise CaseError(f"{officer.name}不是{case.unit}的在岗人员，请从承办单位选人")
    case.officer = officer
    save_version(case, case.version)
    return case


def move_money(case: LegalCase) -> None:
    """Money is counted where its case is: it goes along to another unit or matter, unless its period is closed."""
    for recovery in case.recoveries.exclude(unit=case.unit_id, workstream=case.workstream_id):
        refuse_closed(recovery.happened_on)
        recovery.unit_id, recovery.workstream_id = case.unit_id, case.workstream_id
        recovery.version += 1
        recovery.save()


def touched_days(before: LegalCase, after: LegalCase) -> set[date | None]:
    """The business dates on which the edit can change a figure, old and new.

    A case filed in a closed half-year may still be closed in the open one; only what was counted is fixed.
    """
    touched = {name for name in DATES if getattr(before, name) != getattr(after, name)}
    for field, dates in COUNTED.items():
        if getattr(before, field) != getattr(after, field):
            touched.update(dates)
    return {getattr(case, name) for case in (before, after) for name in touched}


def check_case(case: LegalCase, by: User, today: date) -> None:
    case.number = clean(case.number).translate(BRACKETS)
    spellings = {case.number, case.number.replace("（", "(").replace("）", ")")}
    if LegalCase.objects.filter(number__in=spellings).exclude(pk=case.pk).exists():
        raise CaseError("这个案号已经登记过，请搜索后打开", "number")
    check_unit(case.unit, by)
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


@transaction.atomic
def save_recommendation(
    *,
    pk: int | None,
    by: User,
    today: date,
    data: dict[str, Any],
    submission: UUID | None = None,
    version: int | None = None,
) -> ProcuratorialRecommendation:
    """Registers a 检察建议, or edits the one with this key.

    Raises:
        CaseError: the 文号 is taken, a date makes no sense, a reply without its date, the period is closed.
        StaleVersionError: someone saved it since the form was opened.
    """
    made = None if pk else submitted(ProcuratorialRecommendation, by, submission)
    if made:
        return made
    recommendation = opened(ProcuratorialRecommendation, pk, submission)
    before = counted(recommendation, "issued_on", "unit_id", "workstream_id")
    fill(recommendation, data)
    recommendation.number = clean(recommendation.number)
    check_unit(recommendation.unit, by)
    check_day("制发日期", recommendation.issued_on, today, "issued_on")
    check_reply(recommendation, today)
    if before != counted(recommendation, "issued_on", "unit_id", "workstream_id"):
        refuse_closed(*before[:1], recommendation.issued_on)
    return store(recommendation, version, "number", "这个文号已经登记过，请搜索后打开")


def check_reply(recommendation: ProcuratorialRecommendation, today: date) -> None:
    replied = recommendation.replied_on
    if replied is None:
        if recommendation.is_adopted is not None:
            raise CaseError("填了是否采纳，请填回复日期", "replied_on")
        return
    check_day("回复日期", replied, today, "replied_on")
    if replied < recommendation.issued_on:
        raise CaseError(f"回复日期 {replied} 早于制发日期 {recommendation.issued_on}，请改正", "replied_on")


@transaction.atomic
def save_typical_case(
    *,
    pk: int | None,
    by: User,
    today: date,
    data: dict[str, Any],
    submission: UUID | None = None,
    version: int | None = None,
) -> TypicalCase:
    """Registers a published 典型案例, or edits the one with this key.

    Raises:
        CaseError: same title and day already there, a date that makes no sense, the period is closed, or it was
            published by a unit that is not this person's.
        StaleVersionError: someone saved it since the form was opened.
    """
    made = None if pk else submitted(TypicalCase, by, submission)
    if made:
        return made
    typical = opened(TypicalCase, pk, submission)
    if typical.pk:
        check_unit(typical.unit, by)
    before = counted(typical, "published_on", "unit_id", "workstream_id")
    fill(typical, data)
    check_unit(typical.unit, by)
    check_day("发布日期", typical.published_on, today, "published_on")
    if before != counted(typical, "published_on", "unit_id", "workstream_id"):
        refuse_closed(*before[:1], typical.published_on)
    return store(typical, version, "title", "同一天发布的同名案例已经登记过，请搜索后打开")


@transaction.atomic
def save_campaign(*, pk: int | None, data: dict[str, Any], version: int | None = None) -> Campaign:
    """Names a 专项行动 and its time, or edits the one with this key.

    Raises:
        CaseError: the name is taken, the end lies before the start.
        StaleVersionError: someone saved it since the form was opened.
    """
    campaign = opened(Campaign, pk)
    fill(campaign, data)
    if campaign.starts_on < EARLIEST:
        raise CaseError(f"开始日期 {campaign.starts_on} 早于 2000 年，请改正", "starts_on")
    if campaign.ends_on and campaign.ends_on < campaign.starts_on:
        raise CaseError(f"结束日期 {campaign.ends_on} 早于开始日期 {campaign.starts_on}，请改正", "ends_on")
    return store(campaign, version, "name", "已有同名的专项行动，请直接使用")


def opened(model: type[M], pk: int | None, submission: UUID | None = None) -> M:
    """The stored row, not the one a form has already written on; a new one without a key."""
    if pk:
        return model._default_manager.get(pk=pk)
    return model(submission=submission) if submission else model()


def submitted(model: type[M], by: User, submission: UUID | None) -> M | None:
    """The row this form has already made, if it was this person's to see."""
    return model.objects.visible_to(by).filter(submission=submission).first() if submission else None


def fill(row: models.Model, data: dict[str, Any]) -> Iterable[Any]:
    """Sets the row's columns from a form's words; gives back the enterprises, which need a saved row."""
    for name, value in data.items():
        if name != "enterprises":
            setattr(row, name, value)
    return data.get("enterprises", ())


def counted(row: models.Model, *names: str) -> tuple[Any, ...]:
    """The attributes the tally reads, business date first; of an empty row none."""
    values = tuple(getattr(row, name) for name in names)
    return values if values[0] else ()


def check_unit(unit: Any, by: User) -> None:
    """People write for their own unit and those under it; the commission's office for all."""
    if not by.sees_all and not by.scope_units().filter(pk=unit.pk).exists():
        raise CaseError(f"您不能替“{unit}”登记，请选本单位", "unit")


def check_day(label: str, day: date, today: date, field: str) -> None:
    fault = date_fault(day, today, label)
    if fault:
        raise CaseError(fault, field)


def refuse_closed(*days: date | None) -> None:
    try:
        ensure_open(*days)
    except PeriodClosed as error:
        raise CaseError(str(error)) from error


def store(row: M, version: int | None, field: str, taken: str) -> M:
    """A new row is inserted once; an edited one saved if it still is the version that was opened."""
    if not row.pk:
        return saved_once(row, field, taken)
    try:
        with transaction.atomic():
            save_version(row, version)
    except IntegrityError as error:
        raise CaseError(taken, field) from error
    return row


def saved_once(row: M, field: str, taken: str) -> M:
    """Inserts; the database's unique constraints have the last word between two posts at once."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        submission = getattr(row, "submission", None)
        twin = type(row)._default_manager.filter(submission=submission).first() if submission else None
        if twin is None:
            raise CaseError(taken, field) from error
        return twin
    return row
