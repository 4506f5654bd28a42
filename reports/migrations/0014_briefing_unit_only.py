from django.db import migrations, models


def issued_of_the_unit_alone(apps, schema_editor):
    """Until now a briefing's unit meant itself alone: what was issued so says so where units belong to it."""
    unit = apps.get_model("accounts", "Unit")
    above = unit.objects.filter(parent__isnull=False).order_by().values_list("parent", flat=True)
    briefings = apps.get_model("reports", "Briefing").objects.filter(status="issued")
    briefings.filter(unit__in=list(above.distinct())).update(unit_only=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_units"),
        ("reports", "0013_target_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="briefing",
            name="unit_only",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="不含下级单位；没有下级的单位不用选",
                verbose_name="仅本级",
            ),
        ),
        migrations.RunPython(issued_of_the_unit_alone, migrations.RunPython.noop),
    ]
