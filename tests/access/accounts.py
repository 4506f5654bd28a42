from tests.access import ADMIN, AUDITOR, EVERYONE, WORKING, Access
from tests.factories import UserFactory


def person(unit):
    return {"pk": UserFactory(unit=unit).pk}


def unit(police):
    return {"pk": police.pk}


TABLE = {
    "accounts:password-change": Access(EVERYONE),
    "accounts:profile": Access(EVERYONE),
    "accounts:reminders": Access(WORKING, method="post"),
    "accounts:draft": Access(EVERYONE, method="post"),
    "accounts:draft-drop": Access(EVERYONE, method="post"),
    "accounts:user-list": Access({ADMIN}),
    "accounts:user-export": Access({ADMIN}),
    "accounts:people-invite": Access({ADMIN}),
    "accounts:user-create": Access({ADMIN}),
    "accounts:user-edit": Access({ADMIN}, person),
    "accounts:user-reset": Access({ADMIN}, person, method="post"),
    "accounts:user-invite": Access({ADMIN}, person, method="post"),
    "accounts:user-deactivate": Access({ADMIN}, person, method="post"),
    "accounts:user-unlock": Access({ADMIN}, person, method="post"),
    "accounts:unit-list": Access({ADMIN}),
    "accounts:unit-create": Access({ADMIN}),
    "accounts:unit-edit": Access({ADMIN}, unit),
    "accounts:unit-invite": Access({ADMIN}, unit, method="post"),
    "accounts:audit-list": Access({AUDITOR}),
    "accounts:audit-export": Access({AUDITOR}),
    "accounts:signin-list": Access({AUDITOR}),
    "accounts:signin-export": Access({AUDITOR}),
    "accounts:signin-failures": Access({AUDITOR}),
    "accounts:signin-failures-export": Access({AUDITOR}),
    "accounts:export-list": Access({AUDITOR}),
    "accounts:export-export": Access({AUDITOR}),
}
