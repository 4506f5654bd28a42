from django.utils import timezone

from enterprises.models import EnterpriseMerge, FormerName, NotDoubles
from tests.access import ADMIN, COORDINATOR, WORKING, Access
from tests.factories import EnterpriseFactory, KeyProjectFactory, PairingFactory, UserFactory
from tests.factories.enterprises import workstream

EDITORS = {COORDINATOR, ADMIN}


def enterprise(unit):
    return {"pk": EnterpriseFactory().pk}


def project(unit):
    return {"pk": KeyProjectFactory().pk}


def matter(unit):
    return {"pk": workstream().pk}


def pairing(unit):
    return {"pk": PairingFactory(officer=UserFactory(unit=unit)).pk}


def two(unit):
    return {"pk": EnterpriseFactory().pk, "other": EnterpriseFactory().pk}


def merge(unit):
    one, other = EnterpriseFactory(), EnterpriseFactory()
    return {"pk": EnterpriseMerge.objects.create(survivor=one, merged=other, reason="样例", made_at=timezone.now()).pk}


def decided(unit):
    one, other = EnterpriseFactory(), EnterpriseFactory()
    return {"pk": NotDoubles.objects.create(one=one, other=other, reason="样例", decided_at=timezone.now()).pk}


def former_name(unit):
    return {"pk": FormerName.objects.create(enterprise=EnterpriseFactory(), name="样例旧名", origin="typed").pk}


TABLE: dict[str, Access] = {
    "enterprises:choices": Access(WORKING),
    "enterprises:coverage": Access(WORKING),
    "enterprises:coverage-export": Access(WORKING),
    "enterprises:double-again": Access({ADMIN}, decided, "post"),
    "enterprises:double-apart": Access({ADMIN}, two, "post"),
    "enterprises:double-choose": Access({ADMIN}, enterprise),
    "enterprises:double-compare": Access({ADMIN}, two),
    "enterprises:double-find": Access({ADMIN}, method="post"),
    "enterprises:double-list": Access({ADMIN}),
    "enterprises:enterprise-create": Access(EDITORS),
    "enterprises:enterprise-detail": Access(WORKING, enterprise),
    "enterprises:enterprise-edit": Access(EDITORS, enterprise),
    "enterprises:enterprise-export": Access(WORKING),
    "enterprises:enterprise-list": Access(WORKING),
    "enterprises:former-name-drop": Access(EDITORS, former_name, "post"),
    "enterprises:former-names": Access(EDITORS, enterprise),
    "enterprises:merge-detail": Access({ADMIN}, merge),
    "enterprises:merge-undo": Access({ADMIN}, merge, "post"),
    "enterprises:pairing-end": Access(EDITORS, pairing, scoped=True),
    "enterprises:pairing-export": Access(WORKING),
    "enterprises:pairing-list": Access(WORKING),
    "enterprises:pairing-start": Access(EDITORS),
    "enterprises:project-create": Access(EDITORS),
    "enterprises:project-detail": Access(WORKING, project),
    "enterprises:project-edit": Access(EDITORS, project),
    "enterprises:project-export": Access(WORKING),
    "enterprises:project-list": Access(WORKING),
    "enterprises:workgroup-list": Access(WORKING),
    "enterprises:workstream-detail": Access(WORKING, matter),
    "enterprises:workstream-list": Access(WORKING),
}
