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


TABLE: dict[str, Access] = {
    "enterprises:choices": Access(WORKING),
    "enterprises:coverage": Access(WORKING),
    "enterprises:coverage-export": Access(WORKING),
    "enterprises:enterprise-create": Access(EDITORS),
    "enterprises:enterprise-detail": Access(WORKING, enterprise),
    "enterprises:enterprise-edit": Access(EDITORS, enterprise),
    "enterprises:enterprise-export": Access(WORKING),
    "enterprises:enterprise-list": Access(WORKING),
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
