"""What a holiday is based on names the notice, not the package that its days were read from."""

from django.db import migrations

NOTICE = "国务院办公厅节假日安排"
FIRST = "国务院办公厅历年节假日安排"
PACKAGE = "（chinesecalendar"


def name_the_notice(apps, schema_editor):
    apps.get_model("ledger", "CalendarDay").objects.filter(source__startswith=NOTICE + PACKAGE).update(source=NOTICE)
    apps.get_model("ledger", "CalendarVersion").objects.filter(source=f"{FIRST}{PACKAGE}）").update(source=FIRST)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0037_order_replies_of_before")]

    operations = [migrations.RunPython(name_the_notice, migrations.RunPython.noop)]
