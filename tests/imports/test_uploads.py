"""How large an uploaded file may be follows what its kind can be read as safely."""

from types import SimpleNamespace

import pytest

from imports.errors import UnreadableFileError
from imports.reading.limits import MB
from imports.writing.uploads import check_file, sizes_in_words


def sent(name, size):
    return SimpleNamespace(name=name, size=size, chunks=lambda: [b"x"], seek=lambda _: None)


@pytest.mark.parametrize(
    ("name", "largest"),
    [
        ("名录.csv", 80),
        ("名录.xlsx", 40),
        ("C:\\报送\\名录.XLSB", 40),
        ("名录.et", 40),
        ("名录.xls", 40),
        ("名录.ods", 20),
    ],
)
def test_the_limit_is_that_of_the_kind(name, largest):
    assert check_file(sent(name, largest * MB))[0] == name.rsplit("\\", 1)[-1]
    with pytest.raises(UnreadableFileError, match=f"超过 .* 文件的上限 {largest} MB，请拆分"):
        check_file(sent(name, largest * MB + 1))


def test_the_page_says_so():
    assert sizes_in_words() == ".csv 不超过 80 MB，.ods 不超过 20 MB，其余不超过 40 MB"
