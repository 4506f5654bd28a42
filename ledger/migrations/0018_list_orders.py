"""Indexes for the orders the ledger is listed in: by deadline, by light; confirmations by day; money by amount.

Neither order asks anything of today. On a million entries and six million events they take a few seconds to build
(docs/performance.md). `entry_state_due` is `entry_state_deadline` with the key that breaks ties.
"""

import datetime

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_figures_preference"),
        ("cases", "0002_versions_and_submissions"),
        ("enterprises", "0004_fill_core_key"),
        ("ledger", "0017_one_word_for_closing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="problementry",
            name="entry_state_deadline",
        ),
        migrations.AddIndex(
            model_name="entryevent",
            index=models.Index(
                condition=models.Q(("action", "confirm")), fields=["happened_on", "id"], name="event_confirmed"
            ),
        ),
        migrations.AddIndex(
            model_name="problementry",
            index=models.Index(fields=["state", "deadline", "id"], name="entry_state_due"),
        ),
        migrations.AddIndex(
            model_name="problementry",
            index=models.Index(
                Coalesce(
                    models.F("deadline"), models.Value(datetime.date(9999, 12, 31), output_field=models.DateField())
                ),
                models.F("id"),
                name="entry_by_deadline",
            ),
        ),
        migrations.AddIndex(
            model_name="problementry",
            index=models.Index(
                models.Case(
                    models.When(
                        deadline__isnull=False,
                        paused_on__isnull=True,
                        state__in=["accepted", "assigned", "deferred", "handling", "registered"],
                        then=models.F("deadline"),
                    ),
                    models.When(
                        deadline__isnull=False,
                        state__in=["accepted", "assigned", "deferred", "handling", "registered"],
                        then=models.Value(datetime.date(9999, 12, 30), output_field=models.DateField()),
                    ),
                    default=models.Value(datetime.date(9999, 12, 31), output_field=models.DateField()),
                    output_field=models.DateField(),
                ),
                models.F("id"),
                name="entry_by_light",
            ),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["amount", "id"], name="recovery_amount"),
        ),
    ]
