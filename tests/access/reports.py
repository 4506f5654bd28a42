from datetime import date

from django.utils import timezone

from common.periods import Period
from ledger.models import ActionPlan
from reports.closing.books import close_period
from reports.closing.target_day import freeze_target_days
from reports.dashboard.screens import NewScreen, make_screen
from tests.access import ADMIN, COORDINATOR, LEADER, Access
from tests.factories import UserFactory
from tests.factories.reports import BriefingFactory, BriefingTemplateFactory

READERS = frozenset({COORDINATOR, LEADER, ADMIN})


def figure(unit):
    return {"code": "relief_services"}


def half(unit):
    return {"code": "2023H1"}


def version(unit):
    made = close_period(period=Period.parse("2023H1"), actor=UserFactory(admin=True), now=timezone.now(), reason="样例")
    return {"code": "2023H1", "version": made.version}


def target_day(unit):
    ActionPlan.objects.update_or_create(
        year=2023, defaults={"title": "方案", "target_on": date(2023, 10, 31), "concentrated_from": date(2023, 6, 1)}
    )
    freeze_target_days(now=timezone.now())
    return {"year": 2023}


def wall(unit):
    data = NewScreen("指挥大厅", unit, timezone.localdate())
    return {"pk": make_screen(data=data, by=UserFactory(admin=True), now=timezone.now(), submission=None)[0].pk}


def briefing(unit):
    return {"pk": draft(unit).pk}


def paragraph(unit):
    made = draft(unit)
    return {"pk": made.pk, "number": made.paragraphs.get().pk}


def template(unit):
    return {"pk": BriefingTemplateFactory().pk}


def draft(unit):
    return BriefingFactory(unit=unit)


AUTHORS = frozenset({COORDINATOR, ADMIN})

TABLE: dict[str, Access] = {
    "reports:dashboard": Access(READERS),
    "reports:dashboard-more": Access(READERS),
    "reports:tally": Access(READERS),
    "reports:tally-refresh": Access({ADMIN}, method="post"),
    "reports:tally-export": Access(READERS),
    "reports:weekly": Access(READERS),
    "reports:weekly-export": Access(READERS),
    "reports:weekly-word": Access(READERS),
    "reports:indicators": Access(READERS),
    "reports:indicators-export": Access(READERS),
    "reports:rates": Access(READERS),
    "reports:target": Access(READERS, target_day),
    "reports:target-export": Access(READERS, target_day),
    "reports:target-word": Access(READERS, target_day),
    "reports:rates-export": Access(READERS),
    "reports:briefing-list": Access(READERS),
    "reports:briefing-export": Access(READERS),
    "reports:briefing-create": Access(AUTHORS),
    "reports:briefing-detail": Access(READERS, briefing, scoped=True),
    "reports:briefing-word": Access(READERS, briefing, scoped=True),
    "reports:briefing-edit": Access(AUTHORS, briefing, scoped=True),
    "reports:briefing-restore": Access(AUTHORS, briefing, method="post", scoped=True),
    "reports:briefing-issue": Access(AUTHORS, briefing, method="post", scoped=True),
    "reports:briefing-drop": Access(AUTHORS, briefing, method="post", scoped=True),
    "reports:briefing-records": Access(AUTHORS, briefing, scoped=True),
    "reports:briefing-paragraph": Access(AUTHORS, paragraph, scoped=True),
    "reports:briefing-paragraph-act": Access(AUTHORS, paragraph, method="post", scoped=True),
    "reports:briefing-templates": Access({ADMIN}),
    "reports:briefing-template-default": Access({ADMIN}),
    "reports:briefing-template-file": Access({ADMIN}, template),
    "reports:briefing-template-edit": Access({ADMIN}, template, method="post"),
    "reports:briefing-template-drop": Access({ADMIN}, template, method="post"),
    "reports:records": Access(READERS, figure),
    "reports:records-export": Access(READERS, figure),
    "reports:period-list": Access(READERS),
    "reports:period": Access(READERS, half),
    "reports:period-sign": Access({COORDINATOR, LEADER}, half),
    "reports:period-close": Access({ADMIN}, half, method="post"),
    "reports:period-remind": Access({ADMIN}, half, method="post"),
    "reports:period-reopen": Access({ADMIN}, half, method="post"),
    "reports:period-version": Access(READERS, version),
    "reports:balance-export": Access(READERS, half),
    "reports:period-comparison": Access(READERS, half),
    "reports:comparison-export": Access(READERS, half),
    "reports:screen-list": Access({ADMIN}),
    "reports:screen-create": Access({ADMIN}),
    "reports:screen-revoke": Access({ADMIN}, wall, method="post"),
}
