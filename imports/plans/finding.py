"""From the sheets of a workbook to the tables of a kind, or to what must first be said about their headings."""

from imports.errors import MappingNeededError, UnreadableFileError
from imports.models import RowOutcome
from imports.planned.plan import Plan
from imports.planned.row import PlannedRow, Problem
from imports.reading.parent import Sheet, Workbook
from imports.resources.base import ImportResource
from imports.tables.layout import Found, find_all
from imports.tables.layouts import grouped, shown_part
from imports.tables.seen import Seen, see
from imports.tables.table import LISTS_SHEET, NOTES_SHEET, Names, SourceRow


def find_tables(book: Workbook, resource: ImportResource, names: Names, plan: Plan) -> None:
    """Tables of all sheets into the plan; sheets without a header are passed over with a note.

    Raises:
        MappingNeededError: a sheet's headings are not understood, or a required one is missing.
        UnreadableFileError: no sheet has anything like a header.
    """
    plan.notes += [note for note in book.notes if not note.startswith(f"工作表“{LISTS_SHEET}”")]
    all_seen: list[Seen] = []
    settled = {""}  # files of a .zip of which something is read, or nothing is wanted
    for sheet in book.sheets:
        for part, found in find_all(sheet, names):
            seen = see(part, names, found)
            take(part, found, seen, plan)
            if seen:
                all_seen.append(seen)
            if found.table or (seen and seen.is_left_out):
                settled.add(sheet.file)
        sheet.rows = []  # the table holds what it needs; thousands of rows need not be kept twice
    plan.seen = shown_part(grouped(all_seen))
    if plan.seen and (plan.seen[0].wanting or not (plan.tables or book.unread)):
        raise MappingNeededError(needed_words(plan.seen, names), plan.seen)
    refuse_unread(book, settled, resource, plan)


def take(sheet: Sheet, found: Found, seen: Seen | None, plan: Plan) -> None:
    if found.table:
        plan.tables.append(found.table)
        plan.skipped += found.table.skipped
        plan.notes += [note for note in found.table.notes if note not in plan.notes]
    elif seen is None and sheet.title != NOTES_SHEET:
        plan.notes.append(f"工作表“{sheet.title}”没有找到表头，已略过")
    elif seen and seen.is_left_out:
        plan.notes.append(f"工作表“{sheet.title}”按表头对应的设置不导入")


def refuse_unread(book: Workbook, settled: set[str], resource: ImportResource, plan: Plan) -> None:
    """Every file of a .zip that yields nothing is a wrong row, so that none is missed.

    Raises:
        UnreadableFileError: nothing at all was found.
    """
    wanted = "、".join(column.column_name for column in resource.columns().values() if column.required)
    lost = f"没有找到“{resource.title}”的表头（至少要有：{wanted}）；请核对种类，或下载模板对照"
    refused = dict(book.unread)
    refused |= dict.fromkeys(sorted({sheet.file for sheet in book.sheets} - settled - set(refused)), lost)
    if not plan.tables and not refused:
        raise UnreadableFileError(lost)
    plan.unread = [unread_file(file, reason) for file, reason in refused.items()]


def unread_file(file: str, reason: str) -> PlannedRow:
    problem = Problem("文件", "", file[:200], reason)
    return PlannedRow(SourceRow(file, 0, {}, {}), RowOutcome.ERROR, file[:200], [problem])


def needed_words(all_seen: list[Seen], names: Names) -> str:
    """Which sheets wait, and for which columns."""
    told = []
    for seen in all_seen:
        lacking = names.lacking(seen.fields)
        sheets = f"工作表“{seen.titles[0]}”" + (f"等 {seen.count} 张" if seen.count > 1 else "")
        if seen.wanting:
            words = [f"缺少必需的列：{'、'.join(lacking)}"] if lacking else []
            told.append(f"{sheets}{'；'.join(words + seen.doubts) or '的表头没有认出来'}")
    return "；".join(told) or "所有工作表都设为不导入"
