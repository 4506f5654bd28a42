"""An index for the ledger in the order of its numbers, JS-2023-10000 after JS-2023-9999."""

import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_export_filters"),
        ("cases", "0002_versions_and_submissions"),
        ("enterprises", "0005_fill_name_key"),
        ("ledger", "0023_event_sent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="problementry",
            index=models.Index(
                django.db.models.functions.text.Concat(
                    django.db.models.functions.text.Substr("number", 1, 8),
                    django.db.models.functions.comparison.Cast(
                        django.db.models.functions.text.Length("number"), models.CharField(max_length=3)
                    ),
                    models.Value("-"),
                    django.db.models.functions.text.Substr("number", 9),
                    output_field=models.CharField(max_length=40),
                ),
                models.F("id"),
                name="entry_by_number",
            ),
        ),
    ]
