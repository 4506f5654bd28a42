"""An office that had set another amount in its environment keeps it; from now on it is changed on a page."""

import os

from django.db import migrations

USUAL = 100_000_000  # yuan


def keep(apps, schema_editor):
    given = os.environ.get("MONEY_ASK_FROM", "")
    yuan = int(given) if given.isdigit() else USUAL
    if yuan != USUAL and 10_000 <= yuan <= 90_000_000_000_000:
        apps.get_model("ledger", "MoneyRule").objects.get_or_create(pk=1, defaults={"ask_from": yuan})


class Migration(migrations.Migration):
    dependencies = [("ledger", "0031_money_rule")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
