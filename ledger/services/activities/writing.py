"""The parts of an activity that are written with it, new or changed."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from common.forms.conflicts import write_fields
from ledger.models import (
    ActivityKind,
    ActivityOutput,
    EntrySource,
    Measure,
    ProblemEntry,
    ServiceActivity,
)
from ledger.services.activities.rules import told_outputs
from ledger.services.activities.typed import ProblemData
from ledger.services.entries.registering import create_entry

SOURCES = {ActivityKind.DUTY: EntrySource.DUTY, ActivityKind.LEADER_VISIT: EntrySource.INSPECTION}


def set_outputs(activity: ServiceActivity, outputs: Mapping[str, int]) -> None:
    """Makes the stored outputs these."""
    wanted = told_outputs(activity.kind, outputs)
    for output in activity.outputs.all():
        quantity = wanted.pop(Measure(output.measure), None)
        if quantity is None:
            output.delete()
        elif quantity != output.quantity:
            output.quantity = quantity
            output.save()
    for measure, quantity in wanted.items():
        ActivityOutput.objects.create(activity=activity, measure=measure, quantity=quantity)


def register_problem(activity: ServiceActivity, actor: User, at: datetime, problem: ProblemData) -> ProblemEntry:
    """A problem heard on site, registered with the activity as its source."""
    kind = ActivityKind(activity.kind)
    return create_entry(
        actor=actor,
        at=at,
        title=problem.title,
        content=problem.content,
        category=problem.category,
        amount=problem.amount,
        unit=activity.unit,
        source=SOURCES.get(kind, EntrySource.VISIT),
        source_activity=activity,
        led_by=activity.led_by if kind == ActivityKind.LEADER_VISIT else "",
        enterprise=activity.enterprise,
        project=activity.project,
        workstream=activity.workstream,
        contact_name=activity.met_with[:50],
    )


def told(activity: ServiceActivity) -> str:
    """How often and with what outputs: “1 次，检查 0 处”, as a correction tells it."""
    outputs = activity.outputs.order_by("measure")
    said = [f"{one.get_measure_display()} {one.quantity}{Measure(one.measure).unit_word}" for one in outputs]
    return "，".join([f"{activity.times} 次", *said])


def move_money(activity: ServiceActivity) -> None:
    """Money tied to the activity goes along to another matter."""
    write_fields(activity.recoveries.all(), workstream_id=activity.workstream_id)
