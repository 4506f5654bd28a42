from django.db import migrations

from common.text import name_key
from enterprises.names import core_key

BATCH = 500


def stale(model):
    """Records whose key is no longer the one their name gives, each with its new key."""
    for record in model.objects.order_by("pk").iterator(chunk_size=BATCH):
        key = name_key(record.name)
        if record.name_key != key:
            yield record, key


def without_clashes(model, part):
    """Where a key must be its own and another record has it already, both keep theirs, and with them their
    difference, until somebody has looked at them."""
    held = model.objects.filter(name_key__in=[key for _, key in part])
    taken = {record.name_key for record in held if must_be_own(record)}
    for record, key in part:
        if must_be_own(record):
            if key in taken:
                continue
            taken.add(key)
        record.name_key = key
        if hasattr(record, "core_key"):
            record.core_key = core_key(record.name)
        yield record


def must_be_own(record):
    return getattr(record, "uscc", None) is None


def fill(apps, schema_editor):
    """Dots, dashes and quotation marks of every kind no longer tell names apart: the keys stored before follow."""
    for name, names in (("Enterprise", ["name_key", "core_key"]), ("KeyProject", ["name_key"])):
        model = apps.get_model("enterprises", name)
        waiting = list(stale(model))
        for start in range(0, len(waiting), BATCH):
            part = list(without_clashes(model, waiting[start : start + BATCH]))
            model.objects.bulk_update(part, names, batch_size=100)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0004_fill_core_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
