"""Field-level change history: which fields of a model django-auditlog keeps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from auditlog.registry import auditlog
from django.db import models

NOTED = 300  # rows a statement
NOISE = frozenset(
    {
        "id",
        "version",
        "submission",
        "fingerprint",
        "name_key",
        "core_key",
        "phone_key",
        "address_key",
        "pinyin",
        "path",
        "password",
        "last_login",
    }
)


def track(model: type[models.Model], *, leave_out: Collection[str] = (), m2m: Collection[str] = ()) -> None:
    """Keeps old and new values of the model's own columns; reverse relations and technical columns say nothing."""
    hidden = NOISE | set(leave_out)
    columns = [field.name for field in model._meta.concrete_fields if field.name not in hidden]
    auditlog.register(model, include_fields=columns, m2m_fields=set(m2m))


def note_changes(changes: Iterable[tuple[models.Model, Mapping[str, Sequence[Any]]]], actor: Any) -> None:
    """The audit rows of records of one model that were written in bulk, which tells no signal: by field, what was and
    what is."""
    told = ((record, {name: [str(was), str(now)] for name, (was, now) in fields.items()}) for record, fields in changes)
    note(told, actor)


def note_added(records: Iterable[models.Model], actor: Any) -> None:
    """The audit rows of records that were added in bulk: by field, what each began with."""
    note(((record, beginning(record)) for record in records), actor, added=True)


def beginning(record: models.Model) -> dict[str, list[str]]:
    from auditlog.registry import auditlog  # noqa: PLC0415 -- models load after the apps that call track()

    kept = auditlog.get_model_fields(type(record))["include_fields"]
    values = {field.name: getattr(record, field.attname) for field in record._meta.concrete_fields}
    return {name: ["None", str(values[name])] for name in kept if values[name] not in (None, "")}


def note(told: Iterable[tuple[models.Model, dict[str, list[str]]]], actor: Any, added: bool = False) -> None:
    from auditlog.models import LogEntry  # noqa: PLC0415 -- models load after the apps that call track()
    from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415 -- the same

    rows = [
        LogEntry(
            content_type=ContentType.objects.get_for_model(record),
            object_pk=str(record.pk),
            object_id=record.pk,
            object_repr=str(record),
            action=LogEntry.Action.CREATE if added else LogEntry.Action.UPDATE,
            changes=changes,
            actor=actor,
        )
        for record, changes in told
    ]
    LogEntry.objects.bulk_create(rows, batch_size=NOTED)


def last_editor(instance: models.Model) -> str:
    """Who changed a record last, by name; empty when the history doesn't say."""
    from auditlog.models import LogEntry  # noqa: PLC0415 -- models load after the apps that call track()

    entry = LogEntry.objects.get_for_object(instance).select_related("actor").order_by("-timestamp", "-pk").first()
    return str(entry.actor) if entry and entry.actor else ""


def imported_from(instance: models.Model) -> dict[str, Any]:
    """The import, file, sheet and row that made a record, by their Chinese names; empty where a person made it."""
    from auditlog.models import LogEntry  # noqa: PLC0415 -- models load after the apps that call track()

    rows = LogEntry.objects.get_for_object(instance).filter(action=LogEntry.Action.CREATE).order_by("pk")
    origin = rows.values_list("additional_data", flat=True).first()
    return origin if isinstance(origin, dict) and "行" in origin else {}
