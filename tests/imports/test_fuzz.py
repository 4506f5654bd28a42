"""Spoiled workbooks of every format: never a hang or a crash, always words. FUZZ_CASES=100000 for a long run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from imports.errors import UnreadableFileError
from imports.reading.parent import read_workbook

CASES = int(os.environ.get("FUZZ_CASES", "300"))


def test_no_spoiled_workbook_crashes_the_parser_or_hangs_it():
    done = subprocess.run(
        [sys.executable, "-m", "tests.imports.fuzzing", "0", str(CASES)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "jinshi_zf.settings_test"},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.split()[-1] if done.stdout else "start"
    assert last == "done", f"case {last}, exit {done.returncode}:\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("name", ["表.xlsx", "biff8.xls", "表.ods", "gbk-names.zip"])
def test_a_workbook_cut_short_ends_in_words_through_the_real_process_too(tmp_path, name):
    whole = (Path(__file__).parents[1] / "samples" / "formats" / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFileError) as refusal:
        read_workbook(path, name)
    assert re.search("[一-鿿]", str(refusal.value))
