"""Shares by month and by kind of money; forgets what figures have seen, so that all open periods are counted anew."""

from django.db import migrations, models


def count_anew(apps, schema_editor):
    apps.get_model("reports", "PeriodBook").objects.update(marks={})


def forget(apps, schema_editor):
    apps.get_model("reports", "Share").objects.filter(dimension__in=["month", "kind"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_digest_preference"),
        ("reports", "0007_figures_mail"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="share",
            name="share_dimension_known",
        ),
        migrations.AlterField(
            model_name="share",
            name="dimension",
            field=models.CharField(
                choices=[
                    ("group", "派驻工作组"),
                    ("officer", "干警"),
                    ("industry", "产业"),
                    ("month", "月份"),
                    ("kind", "金额类型"),
                ],
                max_length=10,
                verbose_name="维度",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(("dimension__in", ["group", "officer", "industry", "month", "kind"])),
                name="share_dimension_known",
            ),
        ),
        migrations.RunPython(count_anew, forget),
    ]
