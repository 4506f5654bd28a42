from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_workstreams")]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="core_key",
            field=models.CharField(db_index=True, default="", editable=False, max_length=200),
        ),
    ]
