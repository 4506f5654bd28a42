from django.db import migrations, models
from django.db.models.functions import Left


def keep_what_was_told(apps, schema_editor):
    """Earlier exports have no words: what the page showed of them stays."""
    apps.get_model("accounts", "ExportLog").objects.update(filtered=Left("query", 500))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_figures_preference")]

    operations = [
        migrations.AddField(
            model_name="exportlog",
            name="filtered",
            field=models.CharField(
                blank=True,
                help_text="筛选条件的文字，如“状态：办理中”",
                max_length=500,
                verbose_name="筛选条件",
            ),
        ),
        migrations.AlterField(
            model_name="exportlog",
            name="query",
            field=models.CharField(blank=True, max_length=1000, verbose_name="地址参数"),
        ),
        migrations.RunPython(keep_what_was_told, migrations.RunPython.noop),
    ]
