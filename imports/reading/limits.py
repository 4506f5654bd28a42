"""How much a file may ask of the machine. Pure standard library: the parsing child loads this too."""

from dataclasses import dataclass

MB = 1024 * 1024
# The kinds of file that are read, and what two hundred thousand rows of each come to: text is not packed, an .ods is
# read by Python alone.
LARGEST = {
    ".xlsx": 40 * MB,
    ".xlsm": 40 * MB,
    ".xlsb": 40 * MB,
    ".xls": 40 * MB,
    ".et": 40 * MB,
    ".csv": 80 * MB,
    ".ods": 20 * MB,
    ".zip": 40 * MB,
}
LONGEST_CELL = 32_767  # no spreadsheet stores a longer text


@dataclass(frozen=True)
class Limits:
    """Limits of one reading; settings.IMPORT_LIMITS overrides any of them by name."""

    memory: int = 2048 * MB  # address space of the child
    seconds: int = 300  # wall time of the child
    unpacked: int = 600 * MB  # bytes of all members, counted while unpacking
    ratio: int = 60  # unpacked : packed; an honest 100,000 × 30 sheet has 31
    ratio_from: int = 20 * MB  # small files may be as dense as they like
    members: int = 1000
    rows: int = 200_000  # of all sheets together
    columns: int = 200
    declared_rows: int = 250_000  # beyond this a sheet is stretched, not long
    declared_columns: int = 512
    cells: int = 6_000_000  # of all sheets together, blank ones inside the table too
    merges: int = 20_000
    told: int = 512 * MB  # bytes that the child may tell its parent, and in one line of them
    line: int = 64 * MB
