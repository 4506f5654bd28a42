"""The user's own file handed back with its wrong cells coloured, commented and listed."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db.models import Q

from common.text import clean
from imports.errors import UnreadableFileError
from imports.models import EDITABLE, ImportBatch
from imports.pages.workbooks import unsure_names
from imports.plans.pipeline import limits
from imports.reading.parent import ENVIRONMENT, ROOT
from imports.resources.kinds import RESOURCES

SECONDS = 25  # somebody waits for it, and a web process with them
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


def marked_file(batch: ImportBatch) -> MarkedFile:
    """Made on request, in a process with the parser's memory limit and a short time.

    Raises:
        UnreadableFileError: nothing is wrong, the file is gone, too large, or cannot be written to; says what to do.
    """
    marks = list(marks_of(batch))
    if not marks:
        raise UnreadableFileError("没有有误的单元格，不需要标注")
    if not batch.file or not batch.file.storage.exists(batch.file.name):
        raise UnreadableFileError("原文件已不在，请重新上传；有误的行仍可以下载")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "marked"
        suffix = run_child(batch, marks, out)
        stem = batch.name.rsplit(".", 1)[0]
        return MarkedFile(f"{stem}-问题标注{suffix}", out.read_bytes(), TYPES[suffix])


def run_child(batch: ImportBatch, marks: list[dict[str, Any]], out: Path) -> str:
    """The ending of the file it wrote."""
    command = [sys.executable, "-m", "imports.reading.marking", batch.file.path, batch.name]
    command += [json.dumps(asdict(limits())), str(out)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own module; no shell
            command,
            cwd=ROOT,
            input=json.dumps(marks),
            capture_output=True,
            env=ENVIRONMENT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        words = f"文件太大，{SECONDS} 秒内没有标注完；请改用“下载有误的行”"
        raise UnreadableFileError(words) from None
    except ValueError:
        raise UnreadableFileError(CRASHED) from None
    if "error" in answer or answer.get("suffix") not in TYPES or not out.exists():
        raise UnreadableFileError(answer.get("error", CRASHED))
    return str(answer["suffix"])
