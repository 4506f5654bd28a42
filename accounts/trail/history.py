"""The change history in words: field labels, choices and names instead of columns, codes and keys; phones masked."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal, InvalidOperation
from typing import Any

from auditlog.models import LogEntry
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, localtime, make_aware

from common.money import MoneyField
from common.sent.numbers import whole_number
from common.templatetags.ui import masked

EMPTY = "（空）"
LONGEST = 200
MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
ACTIONS = {0: "新增", 1: "修改", 2: "删除", 3: "查看"}
LABELS = {
    "password": "密码",
    "lock": "锁定",
    "sha256": "文件校验值",
    "content_type": "文件格式",
    "uploaded_by": "上传人",
    "uploaded_at": "上传时间",
    "created_by": "登记人",
    "created_at": "登记时间",
    "starts_on": "开始日期",
    "ends_on": "结束日期",
}


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One entry of the trail as the auditor reads it."""

    at: Any
    person: str
    number: str
    address: str
    action: str
    kind: str
    what: str
    changes: list[Change]

    @property
    def words(self) -> str:
        """All changes in one cell of a sheet."""
        return "\n".join(f"{change.label}：{change.old} → {change.new}" for change in self.changes)


def lines(entries: Iterable[LogEntry]) -> list[Line]:
    """These entries in words; names behind keys are read with one statement a kind, not one a row."""
    entries = list(entries)
    names = names_behind(entries)
    return [line(entry, names) for entry in entries]


def line(entry: LogEntry, names: dict[type[models.Model], dict[str, str]]) -> Line:
    model = entry.content_type.model_class()
    changes = [change(model, field, values, names) for field, values in entry.changes_dict.items()]
    return Line(
        at=entry.timestamp,
        person=entry.actor.name if entry.actor else "系统",
        number=entry.actor.username if entry.actor else "",
        address=entry.remote_addr or "",
        action=ACTIONS[entry.action],
        kind=str(model._meta.verbose_name) if model else entry.content_type.model,
        what=hide(entry.object_repr),
        changes=[found for found in changes if found.old != found.new],
    )


def change(model: Any, name: str, values: Any, names: dict[type[models.Model], dict[str, str]]) -> Change:
    field = field_of(model, name)
    label = label_of(field, name)
    if isinstance(values, dict):
        listed = hide("、".join(values.get("objects", [])))
        added = values.get("operation") == "add"
        return Change(label, EMPTY if added else listed, listed if added else EMPTY)
    old, new = (in_words(field, value, names) for value in values)
    return Change(label, old, new)


def label_of(field: Any, name: str) -> str:
    """The field's Chinese name; of one that has none, ours, or that of what it points at."""
    label = str(getattr(field, "verbose_name", name))
    if name not in LABELS and label.isascii() and field is not None and field.is_relation:
        label = str(field.related_model._meta.verbose_name)
    return LABELS.get(name, label) if label.isascii() else label


def in_words(field: Any, value: Any, names: dict[type[models.Model], dict[str, str]]) -> str:
    text = str(value)
    if value in (None, "", "None"):
        return EMPTY
    if field is None:
        return hide(text)
    if field.is_relation:
        # A changed key is kept as a number, a new record's as the name it had then.
        gone = f"已删除（{text}）" if whole_number(text) is not None else text
        return hide(names.get(field.related_model, {}).get(text, gone))
    if field.choices:
        return str({str(key): label for key, label in field.flatchoices}.get(text, text))
    if isinstance(field, models.BooleanField):
        return {"True": "是", "False": "否"}.get(text, text)
    if isinstance(field, models.DateTimeField):
        return moment_in_words(text)
    if isinstance(field, MoneyField):
        return money_in_words(text)
    return masked(text) if "phone" in field.name else hide(text)


def moment_in_words(text: str) -> str:
    """auditlog keeps moments as UTC without saying so."""
    moment = parse_datetime(text)
    if moment is None:
        return text
    return f"{localtime(make_aware(moment, UTC) if is_naive(moment) else moment):%Y-%m-%d %H:%M}"


def money_in_words(text: str) -> str:
    """`170000.0` → `170,000.00`, as every page tells an amount in yuan."""
    try:
        return f"{Decimal(text):,.2f}"
    except InvalidOperation:
        return text


def hide(text: str) -> str:
    """Mobile numbers masked wherever they stand; long texts cut."""
    text = MOBILE.sub(r"\1****\2", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"


def field_of(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def names_behind(entries: list[LogEntry]) -> dict[type[models.Model], dict[str, str]]:
    keys: dict[type[models.Model], set[str]] = defaultdict(set)
    for entry in entries:
        model = entry.content_type.model_class()
        for name, values in entry.changes_dict.items():
            field = field_of(model, name)
            if field is not None and field.is_relation and isinstance(values, list):
                keys[field.related_model].update(str(value) for value in values if whole_number(value) is not None)
    return {
        model: {str(row.pk): str(row) for row in model._base_manager.filter(pk__in=pks)} for model, pks in keys.items()
    }
