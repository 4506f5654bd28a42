"""What an issued briefing of a closed half-year says has changed: the records go on, its frozen figures do not."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from common.periods import Period, local_date
from jobs.runner import run_job
from ledger.models import ActivityKind, ClosedPeriod
from reports.briefing.changes import changes
from reports.briefing.issuing import issue_briefing
from reports.briefing.text.scopes import Scope
from reports.closing.adjusting import recount_closed, request_recounts
from reports.closing.books import close_period
from reports.figures.counting import recount
from tests.factories import ActivityFactory, EntryFactory
from tests.factories.reports import BriefingFactory
from tests.reports.test_closing import log

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")


def close(admin):
    recount(H1, timezone.now())
    close_period(period=H1, actor=admin, now=timezone.now(), reason="样例")


def told(issue, user):
    scope = Scope.of(issue.briefing, local_date(timezone.now()))
    return [(one.label, one.then, one.now, one.by, one.reason) for one in changes(issue, scope, user, timezone.now())]


def test_a_correction_of_a_closed_half_year_is_told_with_its_reason(client, admin, officer, police, city_leader):
    for day in (1, 2, 3):
        ActivityFactory(kind=ActivityKind.OUTREACH, happened_on=date(2023, 5, day), unit=police, times=1)
    close(admin)
    log(officer, reason="签发前漏登", kind=ActivityKind.OUTREACH, happened_on=date(2023, 6, 1), times=4)
    recount_closed(H1, timezone.now())
    text = "开展活动{outreach_events}，其中公安{outreach_events@市公安局}。"
    issue = issue_briefing(
        briefing=BriefingFactory(period="2023H1", rounding="exact", text=text), actor=admin, now=timezone.now()
    )
    assert told(issue, city_leader) == []
    log(officer, reason="漏登一次", kind=ActivityKind.OUTREACH, happened_on=date(2023, 6, 1), times=2)
    request_recounts(now=timezone.now())
    while run_job():
        pass
    assert told(issue, city_leader) == [("法治体检、送法进企等活动", "3场次", "5场次", "增加2场次", "因漏登一次")] * 2
    client.force_login(admin)
    page = client.get(reverse("reports:briefing-detail", args=[issue.briefing_id])).content.decode()
    assert ("正文的数字都没有变化" in page, "因漏登一次" in page) == (False, True)


def test_a_rate_of_a_closed_half_year_moves_with_its_adjustments(admin, police, city_leader):
    EntryFactory(unit=police, registered_on=date(2023, 2, 1), state="closed", moved_on=date(2023, 3, 1))
    close(admin)
    text = "计入{entries_counted}，化解率{resolution_rate}，还差{gap}。"
    issue = issue_briefing(
        briefing=BriefingFactory(period="2023H1", rounding="exact", text=text), actor=admin, now=timezone.now()
    )
    assert told(issue, city_leader) == []
    held = ClosedPeriod.objects.get()
    held.delete()  # so that the factory is not asked for a reason
    EntryFactory(unit=police, registered_on=date(2023, 2, 1), state="handling", moved_on=date(2023, 3, 1))
    held.save(force_insert=True)
    recount_closed(H1, timezone.now())
    assert told(issue, city_leader) == [
        ("计入两率的问题", "1件", "2件", "", "未说明原因"),
        ("化解率", "100.0%（1/1件）", "50.0%（1/2件）", "", "未说明原因"),
    ]
