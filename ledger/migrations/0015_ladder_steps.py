"""The ladder as docs/domain.md has it: the unit's coordinator that day, its leader at +3, the city's at +5."""

from django.db import migrations

STEPS = [
    {"after_days": 0, "to_handler": True, "to_coordinator": True},
    {"after_days": 3, "to_unit_leader": True},
    {"after_days": 5, "to_city_leader": True, "to_office": True},
]


def add_steps(apps, schema_editor):
    steps = apps.get_model("ledger", "LadderStep")
    for step in STEPS:
        steps.objects.get_or_create(after_days=step["after_days"], defaults=step)


def take_steps(apps, schema_editor):
    days = [step["after_days"] for step in STEPS]
    apps.get_model("ledger", "LadderStep").objects.filter(after_days__in=days, escalations=None).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_ladder_and_robots")]

    operations = [migrations.RunPython(add_steps, take_steps)]
