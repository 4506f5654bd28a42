"""What is made public around the cases: 检察建议, 典型案例, 专项行动."""

from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from cases.models import Campaign, ProcuratorialRecommendation, TypicalCase
from cases.services.writing import (
    CaseError,
    check_day,
    check_unit,
    fill,
    opened,
    settle_change,
    store,
    submitted,
)
from common.closing import look
from common.dates import EARLIEST
from common.idempotence import own_key
from common.text import clean


@transaction.atomic
def save_recommendation(  # noqa: PLR0913 -- the form's words, key and version; who, when, why so late
    *,
    pk: int | None,
    by: User,
    today: date,
    data: dict[str, Any],
    submission: UUID | None = None,
    version: int | None = None,
    reason: str = "",
) -> ProcuratorialRecommendation:
    """Registers a 检察建议, or edits the one with this key.

    Raises:
        AlreadySavedError: the form has registered something else before.
        CaseError: the 文号 is taken, a date makes no sense, a reply without its date, the period is closed
            with no `reason` given.
        StaleVersionError: someone saved it since the form was opened.
    """
    made = None if pk else submitted(ProcuratorialRecommendation, by, submission, data)
    if made:
        return made
    recommendation = opened(ProcuratorialRecommendation, pk, own_key(by, submission))
    seen, was = look(recommendation), copy(recommendation)
    fill(recommendation, data)
    recommendation.number = clean(recommendation.number)
    check_unit(recommendation.unit, by)
    check_day("制发日期", recommendation.issued_on, today, "issued_on")
    check_reply(recommendation, today)
    stored = store(recommendation, version, "number", "这个文号已经登记过，请搜索后打开")
    if stored is recommendation:  # or else the same form came twice at one moment
        settle_change(seen, was, stored, reason, by)
    return stored


def check_reply(recommendation: ProcuratorialRecommendation, today: date) -> None:
    if recommendation.replied_on:
        check_day("回复日期", recommendation.replied_on, today, "replied_on")
    check_answer(recommendation)


def check_answer(recommendation: ProcuratorialRecommendation) -> None:
    """Whether reply and adoption fit together; imports ask it too.

    Raises:
        CaseError: adopted or not without a reply, or replied to before it was issued.
    """
    replied = recommendation.replied_on
    if replied is None:
        if recommendation.is_adopted is not None:
            raise CaseError("填了是否采纳，请填回复日期", "replied_on")
        return
    if replied < recommendation.issued_on:
        raise CaseError(f"回复日期 {replied} 早于制发日期 {recommendation.issued_on}，请改正", "replied_on")


@transaction.atomic
def save_typical_case(  # noqa: PLR0913 -- as above
    *,
    pk: int | None,
    by: User,
    today: date,
    data: dict[str, Any],
    submission: UUID | None = None,
    version: int | None = None,
    reason: str = "",
) -> TypicalCase:
    """Registers a published 典型案例, or edits the one with this key.

    Raises:
        AlreadySavedError: the form has registered something else before.
        CaseError: same title and day already there, a date that makes no sense, the period is closed
            with no `reason` given, or it was
            published by a unit that is not this person's.
        StaleVersionError: someone saved it since the form was opened.
    """
    made = None if pk else submitted(TypicalCase, by, submission, data)
    if made:
        return made
    typical = opened(TypicalCase, pk, own_key(by, submission))
    if typical.pk:
        check_unit(typical.unit, by)
    seen, was = look(typical), copy(typical)
    fill(typical, data)
    check_unit(typical.unit, by)
    check_day("发布日期", typical.published_on, today, "published_on")
    stored = store(typical, version, "title", "同一天发布的同名案例已经登记过，请搜索后打开")
    if stored is typical:
        settle_change(seen, was, stored, reason, by)
    return stored


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
