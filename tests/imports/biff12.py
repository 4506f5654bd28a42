"""An .xlsb built in code, as far as reading it needs: no library writes one."""

import struct
import zipfile

SPACE = "http://schemas.openxmlformats.org"
PART = f"{SPACE}/officeDocument/2006/relationships"
TYPES = f"{SPACE}/package/2006/content-types"


def record(kind, body=b""):
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, rest = b"", len(body)
    while rest >= 0x80:
        size, rest = size + bytes([rest & 0x7F | 0x80]), rest >> 7
    return number + size + bytes([rest]) + body


def words(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(column, value, style=0):
    place = struct.pack("<II", column, style)
    if isinstance(value, Exception):
        return record(3, place + bytes([int(str(value))]))
    if isinstance(value, str):
        return record(6, place + words(value))
    return record(5, place + struct.pack("<d", value))


def sheet(rows, hidden=(), merges=(), numbers=None):
    """`numbers`: the rows' own numbers, from 0; by default they follow each other."""
    reach = struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    parts = [record(129), record(148, reach), record(145)]
    for at, row in zip(numbers or range(len(rows)), rows, strict=True):
        head = struct.pack("<IIHBBBI", at, 0, 300, 0, 0x10 if at in hidden else 0, 0, 0)
        parts += [record(0, head), *(cell(column, value) for column, value in enumerate(row) if value != "")]
    parts.append(record(146))
    parts += [record(176, struct.pack("<4I", top, bottom, left, right)) for top, left, bottom, right in merges]
    return b"".join([*parts, record(130)])


def xlsb(path, sheets, *, since_1904=False):
    """Writes `{name: sheet(…)}`."""
    bundle = b"".join(
        record(156, struct.pack("<II", 0, at) + words(f"rId{at}") + words(name)) for at, name in enumerate(sheets, 1)
    )
    book = record(131) + record(153, struct.pack("<II", int(since_1904), 0) + words("")) + record(143) + bundle
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{PART}/worksheet" Target="worksheets/sheet{at}.bin"/>'
        for at in range(1, len(sheets) + 1)
    )
    head, space = '<?xml version="1.0"?>', f'xmlns="{SPACE}/package/2006/relationships"'
    main = f'<Relationship Id="rId1" Type="{PART}/officeDocument" Target="xl/workbook.bin"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'{head}<Types xmlns="{TYPES}"/>')
        archive.writestr("_rels/.rels", f"{head}<Relationships {space}>{main}</Relationships>")
        archive.writestr("xl/workbook.bin", book + record(144) + record(132))
        archive.writestr("xl/_rels/workbook.bin.rels", f"{head}<Relationships {space}>{relations}</Relationships>")
        for at, content in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{at}.bin", content)
    return path
