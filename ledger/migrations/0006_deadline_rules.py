"""The categories' working days become rules; announced years get their notices; deadlines say how they came about.

An open entry's deadline that is just what the rule gives from its last assignment is one counted by rule, and moves
with the calendar; any other was chosen by somebody and stays.
"""

from datetime import date, timedelta

from django.db import migrations
from django.utils import timezone

ORDINARY, HARD = 10, 25
OPEN = ["assigned", "handling", "completed"]
GAZETTE = "https://www.gov.cn/zhengce/zhengceku/"
# Notices of the General Office of the State Council (国务院办公厅关于某年部分节假日安排的通知).
NOTICES = {
    2016: ("国办发明电〔2015〕18号", date(2015, 12, 10), "2015-12/10/content_10394.htm"),
    2017: ("国办发明电〔2016〕17号", date(2016, 12, 1), "2016-12/01/content_5141603.htm"),
    2018: ("国办发明电〔2017〕12号", date(2017, 11, 30), "2017-11/30/content_5243579.htm"),
    2019: ("国办发明电〔2018〕15号", date(2018, 12, 6), "2018-12/06/content_5346276.htm"),
    2020: ("国办发明电〔2019〕16号", date(2019, 11, 21), "2019-11/21/content_5454164.htm"),
    2021: ("国办发明电〔2020〕27号", date(2020, 11, 25), "2020-11/25/content_5564127.htm"),
    2022: ("国办发明电〔2021〕11号", date(2021, 10, 25), "2021-10/25/content_5644835.htm"),
    2023: ("国办发明电〔2022〕16号", date(2022, 12, 8), "2022-12/08/content_5730844.htm"),
    2024: ("国办发明电〔2023〕7号", date(2023, 10, 25), "202310/content_6911528.htm"),
    2025: ("国办发明电〔2024〕12号", date(2024, 11, 12), "202411/content_6986383.htm"),
    2026: ("国办发明电〔2025〕7号", date(2025, 11, 4), "202511/content_7047091.htm"),
}


def add(apps, schema_editor):
    days = dict(apps.get_model("ledger", "CalendarDay").objects.values_list("day", "is_working"))
    add_years(apps, days)
    add_rules(apps)
    explain_deadlines(apps, days)


def add_years(apps, days):
    CalendarYear = apps.get_model("ledger", "CalendarYear")
    for year in sorted({day.year for day in days} | NOTICES.keys()):
        notice, issued_on, page = NOTICES.get(year, ("", None, ""))
        CalendarYear.objects.create(year=year, notice=notice, issued_on=issued_on, link=GAZETTE + page if page else "")
    apps.get_model("ledger", "CalendarVersion").objects.create(
        number=1, title="启用时的日历", source="国务院办公厅历年节假日安排（chinesecalendar）", made_at=timezone.now()
    )


def add_rules(apps):
    DeadlineRule = apps.get_model("ledger", "DeadlineRule")
    DeadlineRule.objects.create(working_days=ORDINARY)
    DeadlineRule.objects.create(priority="hard", working_days=HARD)
    for category in apps.get_model("ledger", "ProblemCategory").objects.exclude(working_days=ORDINARY):
        DeadlineRule.objects.create(category=category, working_days=category.working_days)


def explain_deadlines(apps, days):
    Entry, Event = (apps.get_model("ledger", name) for name in ("ProblemEntry", "EntryEvent"))
    Entry.objects.filter(deadline__isnull=False).update(deadline_basis="hand")
    open_entries = Entry.objects.filter(state__in=OPEN, deadline__isnull=False).select_related("category")
    for entry in open_entries.iterator(chunk_size=2000):
        last = Event.objects.filter(entry=entry, action="assign").order_by("-seq").first()
        allowed = HARD if entry.priority == "hard" else entry.category.working_days
        if last and entry.deadline == after(last.happened_on, allowed, days):
            Entry.objects.filter(pk=entry.pk).update(
                deadline_basis="rule", counted_from=last.happened_on, counted_days=allowed, calendar_version=1
            )


def after(start, working_days, days):
    day = start
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= days.get(day, day.weekday() < 5)
    return day


def remove(apps, schema_editor):
    for rule in apps.get_model("ledger", "DeadlineRule").objects.filter(category__isnull=False, priority=""):
        apps.get_model("ledger", "ProblemCategory").objects.filter(pk=rule.category_id).update(
            working_days=rule.working_days
        )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_deadlines")]
    operations = [migrations.RunPython(add, remove)]
