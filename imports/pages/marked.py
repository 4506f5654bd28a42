"""The user's own file handed back with its wrong cells coloured, commented and listed."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.db.models import Q

from accounts.models import User
from common.text import clean
from imports.errors import UnreadableFileError
from imports.models import EDITABLE, ImportBatch
from imports.pages.workbooks import unsure_names
from imports.plans.pipeline import limits
from imports.reading.parent import lines_of
from imports.resources.kinds import RESOURCES
from jobs.models import Job
from jobs.services import enqueue

KIND = "imports.mark"
AT_ONCE = 100_000  # bytes of a file that is marked while somebody waits: about a second
SECONDS, SECONDS_LATER = 25, 900
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".zip": "application/zip",
}
CRASHED = "文件太大或结构异常，没有标注成；请改用“下载有误的行”"


@dataclass(frozen=True)
class MarkedFile:
    name: str
    content: bytes
    content_type: str


def marks_of(batch: ImportBatch) -> Iterator[dict[str, Any]]:
    """Every wrong cell of a batch, every name that is not sure, and every cell corrected on the preview, in the order
    of the file."""
    labels = {name: column.column_name for name, column in RESOURCES[batch.kind].columns().items()}
    rows = batch.rows.filter(Q(outcome__in=EDITABLE) | Q(values__has_key="corrected"))
    for row in rows.select_related("batch").order_by("id").iterator():
        place = {"sheet": row.sheet, "row": row.row_no}
        for problem in [*row.errors, *unsure_names(row)]:
            yield place | {name: clean(str(problem[name]))[:1000] for name in ("cell", "column", "value", "reason")}
        for name, told in row.values.get("corrected", {}).items():
            now = clean(told["now"])
            words = {"column": labels.get(name, name), "value": told["was"], "reason": f"已改为“{now}”（{told['by']}）"}
            yield place | words | {"cell": row.values.get("at", {}).get(name, ""), "now": now}


def is_small(batch: ImportBatch) -> bool:
    """Whether its marked file can be made while somebody waits."""
    return batch.size <= AT_ONCE


def marked_file(batch: ImportBatch) -> MarkedFile:
    """Made on request, in a process with the parser's memory limit and a short time.

    Raises:
        UnreadableFileError: nothing is wrong, the file is gone, too large, or cannot be written to; says what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "marked"
        name = write_marked(batch, out, seconds=SECONDS)
        return MarkedFile(name, out.read_bytes(), TYPES[Path(name).suffix])


def ask_marked(batch: ImportBatch, actor: User) -> Job:
    """Asks a worker for the marked file, which is then among this person's exports; while it is made it is one job."""
    params = {"batch": batch.pk, "what": f"{stem_of(batch)}-问题标注"}
    return enqueue(kind=KIND, params=params, key=f"{KIND}:{batch.pk}:{batch.revision}:{actor.pk}", owner=actor)


def stem_of(batch: ImportBatch) -> str:
    return batch.name.rsplit(".", 1)[0]


def write_marked(
    batch: ImportBatch, out: Path, *, seconds: int = SECONDS_LATER, step: Callable[[str], None] = lambda words: None
) -> str:
    """Writes the marked file; returns its name. `step(what it is at)` is called about twice a second and may raise.

    Raises:
        UnreadableFileError: as `marked_file`.
    """
    marks = list(marks_of(batch))
    if not marks:
        raise UnreadableFileError("没有有误的单元格，不需要标注")
    if not batch.file.name or not batch.file.storage.exists(batch.file.name):
        raise UnreadableFileError("原文件已不在，请重新上传；有误的行仍可以下载")
    return f"{stem_of(batch)}-问题标注{run_child(batch, marks, out, seconds, step)}"


def run_child(
    batch: ImportBatch, marks: list[dict[str, Any]], out: Path, seconds: int, step: Callable[[str], None]
) -> str:
    """The ending of the file it wrote."""
    told = {"step": "排队"}
    bounds = replace(limits(), seconds=seconds)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as listed:
        json.dump(marks, listed)
        listed.flush()
        arguments = [batch.file.path, batch.name, json.dumps(asdict(bounds)), listed.name, str(out)]
        try:
            for line in lines_of("marking", arguments, bounds, lambda: step(told["step"])):
                told.update(line)
        except UnreadableFileError:
            words = f"文件太大，{seconds} 秒内没有标注完，或者结构异常；请改用“下载有误的行”"
            raise UnreadableFileError(words) from None
    if "error" in told or told.get("suffix") not in TYPES or not out.exists():
        raise UnreadableFileError(told.get("error", CRASHED))
    return told["suffix"]
