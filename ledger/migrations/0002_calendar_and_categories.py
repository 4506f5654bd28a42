"""Holidays and make-up days from the chinesecalendar package (State Council notices, 2004 on); problem categories."""

from django.db import migrations

CATEGORIES = [
    ("合同纠纷", 10),
    ("劳资纠纷", 10),
    ("执行难", 25),
    ("治安环境", 5),
    ("用地规划", 25),
    ("知识产权", 10),
    ("融资租金", 10),
    ("行政审批", 10),
    ("法律咨询", 2),
    ("其他", 10),
]


def add(apps, schema_editor):
    import chinese_calendar
    from chinese_calendar.constants import holidays, workdays

    CalendarDay = apps.get_model("ledger", "CalendarDay")
    source = f"国务院办公厅节假日安排（chinesecalendar {getattr(chinese_calendar, '__version__', '')}）".replace(
        " ）", "）"
    )
    chinese = {
        "New Year's Day": "元旦",
        "Spring Festival": "春节",
        "Tomb-sweeping Day": "清明节",
        "Labour Day": "劳动节",
        "Dragon Boat Festival": "端午节",
        "National Day": "国庆节",
        "Mid-autumn Festival": "中秋节",
        "Anti-Fascist 70th Day": "抗战胜利纪念日",
    }
    days = []
    for table, is_working, suffix in ((holidays, False, ""), (workdays, True, "调休上班")):
        for day, name in table.items():
            weekend = day.weekday() >= 5
            if is_working != weekend:
                continue  # says nothing that the weekday doesn't
            days.append(
                CalendarDay(
                    day=day,
                    is_working=is_working,
                    name=chinese.get(name, name) + suffix,
                    source=source,
                )
            )
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True, batch_size=500)
    for order, (name, working_days) in enumerate(CATEGORIES, 1):
        apps.get_model("ledger", "ProblemCategory").objects.get_or_create(
            name=name, defaults={"working_days": working_days, "order": order}
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
