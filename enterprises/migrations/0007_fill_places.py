from django.db import migrations

from enterprises.names import address_key, phone_key

BATCH = 1000
KEYS = ["phone_key", "address_key"]


def fill(apps, schema_editor):
    """What telephones and addresses are compared by, of every enterprise registered before, a thousand at a time."""
    Enterprise = apps.get_model("enterprises", "Enterprise")
    part = []
    rows = Enterprise.objects.order_by("pk").only("pk", "contact_phone", "address")
    for enterprise in rows.iterator(chunk_size=BATCH):
        enterprise.phone_key, enterprise.address_key = (
            phone_key(enterprise.contact_phone),
            address_key(enterprise.address),
        )
        part.append(enterprise)
        if len(part) == BATCH:
            Enterprise.objects.bulk_update(part, KEYS)
            part = []
    Enterprise.objects.bulk_update(part, KEYS)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_merges")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
