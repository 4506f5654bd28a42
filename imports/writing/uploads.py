"""What an uploaded file may be: a kind of file that is read, no larger than its kind can be read safely."""

import hashlib
from pathlib import PurePath
from typing import Any

from common.text import clean
from imports.errors import UnreadableFileError
from imports.reading.limits import LARGEST, MB


def check_file(file: Any) -> tuple[str, str]:
    """The name and sha256 of an uploaded file.

    Raises:
        UnreadableFileError: too large, empty, or not a kind of file that is read.
    """
    name = clean(PurePath(str(file.name).replace("\\", "/")).name)[-150:] or "未命名"
    extension = PurePath(name).suffix.lower()
    if extension not in LARGEST:
        raise UnreadableFileError(f"“{name}”不是表格，只收 {'、'.join(LARGEST)}")
    if not file.size:
        raise UnreadableFileError(f"“{name}”是空文件，请重新选择")
    limit = LARGEST[extension]
    if file.size > limit:
        words = f"“{name}”有 {file.size / MB:.1f} MB，超过 {extension} 文件的上限 {limit // MB} MB，请拆分后再上传"
        raise UnreadableFileError(words)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return name, digest.hexdigest()


def sizes_in_words() -> str:
    """How large each kind of file may be: `.csv 不超过 80 MB，其余不超过 40 MB`."""
    usual = max(LARGEST.values(), key=list(LARGEST.values()).count)
    others = {limit: [kind for kind, own in LARGEST.items() if own == limit] for limit in {*LARGEST.values()} - {usual}}
    told = [f"{'、'.join(kinds)} 不超过 {limit // MB} MB" for limit, kinds in sorted(others.items(), reverse=True)]
    return "，".join([*told, f"其余不超过 {usual // MB} MB"])
