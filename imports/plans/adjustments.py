"""What was decided by hand about the rows of a batch, as it is stored."""

from imports.models import ImportBatch, RowAdjustment
from imports.tables.adjust import Adjustments, Decision, gather


def adjustments_of(batch: ImportBatch) -> Adjustments:
    """All decisions about a batch. Its revision is read first: one made meanwhile is planned for again afterwards."""
    revision, reason, given = ImportBatch.objects.values_list("revision", "closed_reason", "given").get(pk=batch.pk)
    if not revision:
        return Adjustments(reason=reason, given=given)
    stored = RowAdjustment.objects.filter(batch=batch).select_related("by").order_by("at", "id")
    made = (
        Decision(
            row.sheet, row.row_no, row.action, row.field, row.value, {"by": name_of(row), "at": row.at.isoformat()}
        )
        for row in stored
    )
    adjustments = gather(made, revision, reason)
    adjustments.given = given
    return adjustments


def name_of(adjustment: RowAdjustment) -> str:
    return adjustment.by.name if adjustment.by else "系统"
