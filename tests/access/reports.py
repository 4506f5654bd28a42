from django.utils import timezone

from reports.screens import NewScreen, make_screen
from tests.access import ADMIN, COORDINATOR, EVERYONE, LEADER, WORKING, Access
from tests.factories import UserFactory

READERS = frozenset({COORDINATOR, LEADER, ADMIN})


def figure(unit):
    return {"code": "relief_services"}


def wall(unit):
    data = NewScreen("指挥大厅", unit, timezone.localdate())
    return {"pk": make_screen(data=data, by=UserFactory(admin=True), now=timezone.now(), submission=None)[0].pk}


TABLE: dict[str, Access] = {
    "reports:home": Access(EVERYONE),
    "reports:search": Access(WORKING),
    "reports:dashboard": Access(READERS),
    "reports:dashboard-more": Access(READERS),
    "reports:tally": Access(READERS),
    "reports:tally-refresh": Access({ADMIN}, method="post"),
    "reports:tally-export": Access(READERS),
    "reports:rates": Access(READERS),
    "reports:rates-export": Access(READERS),
    "reports:records": Access(READERS, figure),
    "reports:records-export": Access(READERS, figure),
    "reports:screen-list": Access({ADMIN}),
    "reports:screen-create": Access({ADMIN}),
    "reports:screen-revoke": Access({ADMIN}, wall, method="post"),
}
