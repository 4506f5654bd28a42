"""The one way a batch gets from state to state."""

from typing import Any

from auditlog.models import LogEntry

from imports.errors import ImportRefusedError
from imports.models import ImportBatch


def change_state(batch: ImportBatch, source: str, target: str, **values: Any) -> None:
    """Moves a batch by conditional UPDATE, which passes by the signals that write audit rows: so one is written here.

    Raises:
        ImportRefusedError: it is no longer where it was.
    """
    if not ImportBatch.objects.filter(pk=batch.pk, state=source).update(state=target, **values):
        raise ImportRefusedError("这个批次的状态已经改变，请刷新后查看")
    batch.refresh_from_db()
    changes = {"state": [str(source), str(target)]}
    LogEntry.objects.log_create(batch, force_log=True, action=LogEntry.Action.UPDATE, changes=changes)
