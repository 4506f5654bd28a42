"""The six bodies and six dispatched work groups every office of this kind starts with; all can be edited later."""

from django.db import migrations

UNITS = [
    ("市委政法委", "政法委", "commission"),
    ("市人民法院", "法院", "court"),
    ("市人民检察院", "检察院", "procuratorate"),
    ("市公安局", "公安局", "public_security"),
    ("市司法局", "司法局", "justice_bureau"),
    ("市交警大队", "交警", "traffic_police"),
]
GROUPS = ["疏港铁路", "津港新城", "精致街区", "五好园区", "南北双环", "津市港"]


def add(apps, schema_editor):
    Unit = apps.get_model("accounts", "Unit")
    for order, (name, short_name, kind) in enumerate(UNITS, 1):
        unit, made = Unit.objects.get_or_create(
            name=name, defaults={"short_name": short_name, "kind": kind, "order": order}
        )
        if made:
            unit.path = f"{unit.pk:04d}/"
            unit.save(update_fields=["path"])
    for name in GROUPS:
        apps.get_model("accounts", "WorkGroup").objects.get_or_create(name=f"{name}工作组")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people_and_units")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
