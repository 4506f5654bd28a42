from django.db import migrations

from enterprises.names import core_key

BATCH = 1000


def fill(apps, schema_editor):
    """What is left of the name of every enterprise registered before, a thousand at a time."""
    Enterprise = apps.get_model("enterprises", "Enterprise")
    part = []
    for enterprise in Enterprise.objects.order_by("pk").only("pk", "name").iterator(chunk_size=BATCH):
        enterprise.core_key = core_key(enterprise.name)
        part.append(enterprise)
        if len(part) == BATCH:
            Enterprise.objects.bulk_update(part, ["core_key"])
            part = []
    Enterprise.objects.bulk_update(part, ["core_key"])


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_core_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
