from typing import Any

from django.db import migrations

BATCH = 1000


def keep_answers(apps: Any, schema_editor: Any) -> None:
    """Each order answered so far has this one answer, which no leader has said anything to yet."""
    orders, replies = apps.get_model("ledger", "SupervisionOrder"), apps.get_model("ledger", "OrderReply")
    answered = orders.objects.filter(replied_on__isnull=False, replies=None).order_by("pk")
    rows = [
        replies(
            order=order,
            number=1,
            words=order.reply,
            replied_by_id=order.replied_by_id or order.acknowledged_by_id,
            replied_on=order.replied_on,
            due_on=order.deadline,
        )
        for order in answered.iterator(chunk_size=BATCH)
        if order.replied_by_id or order.acknowledged_by_id
    ]
    replies.objects.bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0036_order_replies")]

    # Backwards the table goes; the answers stand on their orders still.
    operations = [migrations.RunPython(keep_answers, migrations.RunPython.noop)]
