"""The rows about importing. Each step runs in a process of its own; its limit is measured beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine
import tablib
from auditlog.models import LogEntry
from bench_files import REGISTER, SURVEY, plain_rows, register_rows, survey_rows, workbook
from bench_rows import Row, client, milliseconds, percentile
from bench_step import Step, confirm, in_a_worker, processor, seconds, upload
from django.db import connection, models, transaction
from import_export import fields, resources, widgets

from accounts.models import Unit
from enterprises.models import Enterprise
from imports.reading.parent import read_workbook
from ledger.models import EntryEvent, EntrySource, ProblemCategory, ProblemEntry, SurveyForm
from ledger.services.numbers import next_numbers

MADE: tuple[type[models.Model], ...] = (Enterprise, SurveyForm, ProblemEntry, EntryEvent, LogEntry)
CHUNK = 1000


# ---- limits ----


def calamine(path: Path) -> object:
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def highest() -> dict[type[models.Model], int]:
    return {model: model._base_manager.aggregate(models.Max("pk"))["pk__max"] or 0 for model in MADE}


def taken_out(after: dict[type[models.Model], int]) -> dict[type[models.Model], tuple[list[str], list[Any]]]:
    """The rows that the import made, as the database gives them, and out of the tables again."""
    quote = connection.ops.quote_name
    found: dict[type[models.Model], tuple[list[str], list[Any]]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        for model in MADE:
            columns = [quote(field.column) for field in model._meta.concrete_fields]
            table = quote(model._meta.db_table)
            # JSON as its text: a driver would make it a dictionary, which no statement takes back
            told = [f"{name}::text" if is_json(model, name) else name for name in columns]
            cursor.execute(f"SELECT {', '.join(told)} FROM {table} WHERE id > %s ORDER BY id", [after[model]])
            found[model] = columns, cursor.fetchall()
        take_out(after)
    return found


def is_json(model: type[models.Model], column: str) -> bool:
    field = next(one for one in model._meta.concrete_fields if one.column == column.strip('"'))
    return connection.vendor == "postgresql" and isinstance(field, models.JSONField)


def take_out(after: dict[type[models.Model], int]) -> None:
    for model in reversed(MADE):
        rows = model._base_manager.filter(pk__gt=after[model])
        rows._raw_delete(rows.db)


def put_in(found: dict[type[models.Model], tuple[list[str], list[Any]]]) -> None:
    """The bare limit: one COPY a table, or one executemany, of finished rows in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model, (columns, rows) in found.items():
            table, names = connection.ops.quote_name(model._meta.db_table), ", ".join(columns)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def by_bulk_create(after: dict[type[models.Model], int]) -> float:
    """The same rows as instances through bulk_create, a thousand at a time."""
    instances = {model: list(model._base_manager.filter(pk__gt=after[model]).order_by("pk")) for model in MADE}
    with transaction.atomic():
        take_out(after)

    def write() -> None:
        with transaction.atomic():
            for model, rows in instances.items():
                model._base_manager.bulk_create(rows, batch_size=CHUNK)

    return processor(write)


class UsualSurveys(resources.ModelResource):
    """What django-import-export's own guide leads to: a ModelResource, row by row, with the same columns.

    The enterprise is fetched or made before each row, its entries are made after it.
    """

    enterprise = fields.Field("enterprise", "统一社会信用代码", widgets.ForeignKeyWidget(Enterprise, "uscc"))
    unit = fields.Field("unit", "走访单位", widgets.ForeignKeyWidget(Unit, "name"))
    category = fields.Field("category", "诉求类别", widgets.ForeignKeyWidget(ProblemCategory, "name"))
    visited_on = fields.Field("visited_on", "走访日期", widgets.DateWidget())
    serial = fields.Field("serial", "序号")
    officer_name = fields.Field("officer_name", "走访干警")
    contact_name = fields.Field("contact_name", "联系人")
    contact_phone = fields.Field("contact_phone", "联系电话")
    appeal = fields.Field("appeal", "问题诉求")
    suggestion = fields.Field("suggestion", "意见建议")
    fingerprint = fields.Field("fingerprint", "指纹")

    class Meta:
        model = SurveyForm
        import_id_fields = ("fingerprint",)
        fields = (
            "enterprise", "unit", "category", "visited_on", "serial", "officer_name", "contact_name", "contact_phone",
            "appeal", "suggestion", "fingerprint",
        )  # fmt: skip

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        Enterprise.objects.get_or_create(uscc=row["统一社会信用代码"], defaults={"name": row["企业名称"]})

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        for _ in range(int(row["序号"]) % 3):
            entry = ProblemEntry.objects.create(
                number=next_numbers("CS", 2023)[0], title=instance.appeal[:200], category=instance.category,
                source=EntrySource.SURVEY, source_form=instance, enterprise=instance.enterprise, unit=instance.unit,
                registered_on=instance.visited_on,
            )  # fmt: skip
            EntryEvent.objects.create(
                entry=entry, seq=1, action="register", to_state="registered", unit=instance.unit,
                occurred_at=instance.created_at, happened_on=instance.visited_on,
            )  # fmt: skip


def usual_seconds(rows: int) -> float:
    """Processor seconds a row of django-import-export's import_data; rolled back afterwards."""
    lines = [(*row, f"usual-{row[0]}") for row in survey_rows(rows, 8_000_001)]
    data = tablib.Dataset(*lines, headers=[*SURVEY, "指纹"])
    with transaction.atomic():
        taken = processor(lambda: UsualSurveys().import_data(data, dry_run=False, raise_errors=True))
        transaction.set_rollback(True)
    return taken / rows


# ---- rows of the table ----


def reading(sizes: Any) -> Iterator[Row]:
    path = workbook("plain.xlsx", [f"列{at}" for at in range(20)], plain_rows(sizes.rows))
    limit = min(seconds(lambda: calamine(path)) for _ in range(3))
    ours = min(seconds(lambda: read_workbook(path, path.name)) for _ in range(3))
    yield Row(f"读取 {sizes.rows} 行 × 20 列", "calamine 本身", limit, ours, 1.25, "独立进程")


def surveys(sizes: Any) -> Iterator[Row]:
    """Upload to preview, confirm to done, and what the final rows cost at the least: processor time on both sides."""
    rows = sizes.rows
    path = workbook("调查表.xlsx", SURVEY, survey_rows(rows))
    before, batch = highest(), upload(path, "surveys")
    read = in_a_worker(int(batch.job_id or 0))
    write = in_a_worker(confirm(batch))
    assert SurveyForm.objects.filter(pk__gt=before[SurveyForm]).count() == rows
    parsed = min(processor(lambda: calamine(path)) for _ in range(3))
    bulk = by_bulk_create(before)
    found = taken_out(before)
    bare = processor(lambda: put_in(found))
    usual = usual_seconds(sizes.usual) * rows
    postgres = connection.vendor == "postgresql"
    name = "COPY" if postgres else "executemany"
    per = rows / 1000
    yield Row(f"调查表 {rows} 行：上传到预览", "calamine 本身", parsed, read.processor, None, pace(rows, read))
    yield Row("　确认到写完", f"成品行的 {name}", bare, write.processor, 1.5 if postgres else 2.5, pace(rows, write))
    yield Row("　确认到写完", "bulk_create 成品行", bulk, write.processor, None, "只是写入，不读不核对")
    both = read.processor + write.processor
    note = f"默认做法按 {sizes.usual} 行推算到 {rows} 行"
    yield Row("　上传到写完", "import-export 默认做法", usual, both, 1 / 40, note)
    for step, label in ((read, "　预览"), (write, "　写入")):
        yield Row.measure(f"{label}：最多占用内存", step.peak, 250, "MB", f"其中启动后空闲时已占 {step.before} MB")
        yield Row.measure(f"{label}：每千行语句", step.statements / per, 30, "条", f"共 {step.statements} 条")


def pace(rows: int, step: Step) -> str:
    return f"处理器时间；钟点 {step.seconds:.1f} 秒，{step.statements} 条语句"


def register(sizes: Any) -> Iterator[Row]:
    """A register of more than a hundred thousand firms in one file."""
    path = workbook("名录.xlsx", REGISTER, register_rows(sizes.register))
    batch = upload(path, "enterprises")
    read = in_a_worker(int(batch.job_id or 0))
    page, last = f"/imports/{batch.pk}/?outcome=create", (sizes.register + 49) // 50
    desk = client("admin")
    first_page, last_page = (percentile(milliseconds(desk, f"{page}&page={at}"), 50) for at in (1, last))
    write = in_a_worker(confirm(batch))
    for step, label in ((read, f"名录 {sizes.register} 家：预览"), (write, "　写入")):
        yield Row.measure(
            f"{label}最多占用内存", step.peak, 500, "MB", f"处理器 {step.processor:.0f} 秒，{step.statements} 条语句"
        )
    yield Row.measure("　预览第一页", first_page, 200, "毫秒", "")
    yield Row.measure("　预览最后一页", last_page, 200, "毫秒", f"第 {last} 页")
