"""What people may attach: by extension and by the file's own first bytes, which must agree; and keeping it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.fields.files import FieldFile

from common.text import clean

# extension → the types its bytes may show; Office files are zip or OLE inside
ALLOWED: dict[str, tuple[str, set[str]]] = {
    "jpg": ("image/jpeg", {"image/jpeg"}),
    "jpeg": ("image/jpeg", {"image/jpeg"}),
    "png": ("image/png", {"image/png"}),
    "webp": ("image/webp", {"image/webp"}),
    "pdf": ("application/pdf", {"application/pdf"}),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        {"application/zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    ),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        {"application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    ),
    "doc": ("application/msword", {"application/msword", "application/x-ole-storage"}),
    "xls": (
        "application/vnd.ms-excel",
        {"application/vnd.ms-excel", "application/msword", "application/x-ole-storage"},
    ),
}
WORDS = "jpg、png、webp 图片，pdf，doc、docx，xls、xlsx"


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept; `content_type` is ours, not the browser's word."""

    file: Any
    name: str
    size: int
    sha256: str
    content_type: str


def check_upload(file: Any) -> CheckedFile:
    """Checks one uploaded file.

    Raises:
        ValidationError: too large, empty, of a kind not taken, or not what its name says; in words for the uploader.
    """
    name = clean(PurePath(str(file.name).replace("\\", "/")).name)[-150:] or "未命名"
    extension = PurePath(name).suffix.lower().lstrip(".")
    limit = settings.MAX_UPLOAD_BYTES
    if file.size > limit:
        raise ValidationError(f"“{name}”有 {file.size / 1024**2:.1f} MB，超过 {limit // 1024**2} MB，请压缩后再上传")
    if not file.size:
        raise ValidationError(f"“{name}”是空文件，请重新选择")
    if extension not in ALLOWED:
        raise ValidationError(f"不能上传“{name}”这类文件，只收 {WORDS}")
    file.seek(0)
    guess = filetype.guess(file.read(8192))
    content_type, shown = ALLOWED[extension]
    if guess is None or guess.mime not in shown:
        raise ValidationError(f"“{name}”的内容与扩展名不符，可能已损坏或被改名，请换原文件")
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return CheckedFile(file=file, name=name, size=file.size, sha256=digest.hexdigest(), content_type=content_type)


# The storage and the name there of what the transaction under way has written.
stored_now: ContextVar[list[tuple[Any, str]] | None] = ContextVar("stored_now", default=None)


@contextmanager
def with_files() -> Iterator[None]:
    """A transaction that files are kept in: if it is undone, whatever failed in it, their bytes are removed again."""
    around, mine = stored_now.get(), list[tuple[Any, str]]()
    token = stored_now.set(mine)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for storage, name in mine:
            storage.delete(name)
        raise
    finally:
        stored_now.reset(token)
    if around is not None:
        around.extend(mine)


def store(field: FieldFile, name: str, content: Any) -> None:
    """Writes the bytes of a record's file; inside `with_files` they go if the record does not come to be."""
    field.save(name, content, save=False)
    stored = stored_now.get()
    if stored is not None:
        stored.append((field.storage, str(field.name)))
