"""Text tables: .csv in the encodings and with the separators of Chinese offices. Standard library only."""

import csv
import re
from collections.abc import Iterator

from imports.errors import UnreadableFileError
from imports.reading.grid import Grid, Line, check_cells, check_size, lines
from imports.reading.limits import LONGEST_CELL, Limits

SEPARATORS = ",\t;|"
SAMPLED_LINES = 30
QUOTED = re.compile(r'"[^"]*"')
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
DECLARED = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
UNKNOWN_ENCODING = "文件的文字编码无法识别，请用表格软件另存为 .xlsx 再上传"


def decode(data: bytes) -> str:
    """Text by its mark, else as UTF-8, else as GB18030 (which holds GBK and GB2312).

    Raises:
        UnreadableFileError: none of these.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[1:200:2].count(0) > len(data[1:200:2]) // 3:
        encodings = ["utf-16-le"]  # mostly plain letters, each with a zero after it
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFileError(UNKNOWN_ENCODING)


def separator(text: str) -> str:
    """The one that most of the first lines have, outside quotes; a title line above the table has none."""
    sample = QUOTED.sub("", text[:100_000]).splitlines()[:SAMPLED_LINES]
    return max(SEPARATORS, key=lambda mark: (sum(mark in line for line in sample), "".join(sample).count(mark)))


def lines_in(text: str, start: int) -> Iterator[str]:
    """The lines with their ends, one by one: `io.StringIO` would hold the whole text again, four bytes a character."""
    return (found[0] for found in LINE.finditer(text, start))


def read_csv(data: bytes, limits: Limits, member: str) -> Iterator[Line]:
    text = decode(data)
    declared = DECLARED.match(text)
    mark = declared[1] if declared else separator(text)
    csv.field_size_limit(LONGEST_CELL)
    grid = Grid("数据", limits, is_text=True)
    reader = csv.reader(lines_in(text, declared.end() if declared else 0), delimiter=mark, strict=True)
    began = 1  # the line that a row begins on
    try:
        for row in reader:
            began = reader.line_num + 1
            grid.rows.append(row)
            grid.cells += len(row)
            check_cells(grid.cells, limits)
            check_size(len(grid.rows), len(row), limits)
    except csv.Error as error:
        raise UnreadableFileError(
            f'第 {began} 行的引号（"）没有成对，后面的内容分不清；请改正，或用表格软件另存为 .xlsx 再上传'
        ) from error
    yield from lines(grid, member)
