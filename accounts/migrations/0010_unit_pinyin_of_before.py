"""The pinyin of the units that are there already, so that choosers find them by it."""

from django.db import migrations

from common.text import pinyin_key


def fill(apps, schema_editor):
    units = apps.get_model("accounts", "Unit").objects
    for unit in units.all():
        names = (unit.name, unit.short_name)
        units.filter(pk=unit.pk).update(pinyin=" ".join(pinyin_key(name) for name in names if name))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_unit_pinyin")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
