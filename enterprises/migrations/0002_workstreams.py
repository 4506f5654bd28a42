"""The six big matters with their headquarters and work groups, and the five industries."""

from django.db import migrations

WORKSTREAMS = [
    ("疏港铁路", "railway"),
    ("津港新城", "new-town"),
    ("精致街区", "blocks"),
    ("五好园区", "park"),
    ("南北双环", "rings"),
    ("津市港", "port"),
]
INDUSTRIES = ["装备制造", "盐化工", "生物医药", "健康食品", "现代物流"]


def add(apps, schema_editor):
    Workstream = apps.get_model("enterprises", "Workstream")
    groups = apps.get_model("accounts", "WorkGroup").objects
    for order, (name, slug) in enumerate(WORKSTREAMS, 1):
        group = groups.filter(name=f"{name}工作组").first()
        Workstream.objects.get_or_create(
            name=name,
            defaults={
                "slug": slug,
                "order": order,
                "hq_name": f"{name}指挥部",
                "work_group": group,
            },
        )
    for order, name in enumerate(INDUSTRIES, 1):
        apps.get_model("enterprises", "Industry").objects.get_or_create(name=name, defaults={"order": order})


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_register"), ("accounts", "0002_units")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
