"""A workbook as Excel 5 and 95 wrote it: BIFF5 in GBK. LibreOffice reads it; nothing here writes such files now."""

import struct
from datetime import date

SECTOR = 512
ERROR_CODES = {"#DIV/0!": 7, "#REF!": 23, "#N/A": 42}


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def cell(row, column, value):
    if isinstance(value, bool):
        return record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))
    if value in ERROR_CODES:
        return record(0x205, struct.pack("<HHHBB", row, column, 0, ERROR_CODES[value], 1))
    if isinstance(value, date):
        serial = (date(value.year, value.month, value.day) - date(1899, 12, 30)).days
        return record(0x203, struct.pack("<HHHd", row, column, 1, serial))
    if isinstance(value, int | float):
        return record(0x203, struct.pack("<HHHd", row, column, 0, value))
    text = value.encode("gbk")
    return record(0x204, struct.pack("<HHHH", row, column, 0, len(text)) + text)


def stream(name, rows, locked):
    begin = struct.pack("<HHHH", 0x500, 5, 0, 0)
    head = record(0x809, begin) + (record(0x2F, b"\1\2\3\4") if locked else b"") + record(0x42, struct.pack("<H", 936))
    head += b"".join(record(0xE0, struct.pack("<HH12x", 0, number)) for number in (0, 14))
    title = name.encode("gbk")
    start = len(head) + 4 + 7 + len(title) + 4
    head += record(0x85, struct.pack("<IBBB", start, 0, 0, len(title)) + title) + record(0x0A)
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
    sheet += record(0x200, struct.pack("<HHHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for at, row in enumerate(rows):
        sheet += b"".join(cell(at, column, value) for column, value in enumerate(row) if value not in (None, ""))
    return head + sheet + record(0x0A)


def entry(name, kind, start, size, child=0xFFFFFFFF):
    text = name.encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIII", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, start, size, 0
    )


def biff5(path, name, rows, *, locked=False):
    """Writes it; `locked` puts in the record that says a password is needed."""
    data = stream(name, rows, locked)
    data = data.ljust(max(4096, -(-len(data) // SECTOR) * SECTOR), b"\0")
    count = len(data) // SECTOR
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16xHHHHH6xIII4xIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    folder = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + entry("Book", 2, 2, len(data)) + b"\0" * 256
    path.write_bytes(header + fat + folder + data)
    return path
