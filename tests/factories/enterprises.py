from datetime import date

import factory

from enterprises.models import Enterprise, KeyProject, Pairing, Workstream
from enterprises.uscc import check_digit
from tests.factories.accounts import UserFactory


def uscc(n: int) -> str:
    first = f"91430781MA{n:07d}"
    return first + check_digit(first)


def workstream(name: str = "五好园区") -> Workstream:
    return Workstream.objects.get_or_create(name=name, defaults={"slug": name})[0]


class EnterpriseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enterprise

    name = factory.Sequence(lambda n: f"津市样例企业{n:04d}有限公司")
    uscc = factory.Sequence(uscc)


class KeyProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = KeyProject

    name = factory.Sequence(lambda n: f"津市样例项目{n:04d}")


class PairingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pairing

    officer = factory.SubFactory(UserFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    starts_on = date(2023, 4, 1)
