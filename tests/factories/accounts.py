import factory
from django.contrib.auth.hashers import make_password

from accounts.models import Unit, User
from accounts.rights.permissions import Role

PASSWORD = "Jinshi-2026-test"


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"样例单位{n:03d}")
    kind = "other"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        coordinator = factory.Trait(role=Role.COORDINATOR)
        leader = factory.Trait(role=Role.LEADER)
        admin = factory.Trait(role=Role.ADMIN)
        auditor = factory.Trait(role=Role.AUDITOR, unit=None)
        city = factory.Trait(city_wide=True)

    username = factory.Sequence(lambda n: f"T{n:05d}")
    name = factory.Sequence(lambda n: f"干警{n:04d}")
    unit = factory.SubFactory(UnitFactory)
    role = Role.STAFF
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
