"""The requests of a survey form, registered as ledger entries on the day of the visit, as an import does it."""

from collections.abc import Sequence
from datetime import datetime, time

from accounts.models import User
from common.periods import SHANGHAI
from ledger.models import EntryEvent, ProblemEntry, SurveyForm
from ledger.moves.following import SERIES
from ledger.services.numbers import next_numbers
from ledger.states import Action
from ledger.surveying.becoming import entry_of

HOW = "由调查表登记"


def register_requests(form: SurveyForm, requests: Sequence[str], actor: User, at: datetime) -> list[ProblemEntry]:
    numbers = next_numbers(SERIES, form.visited_on.year, len(requests)) if requests else []
    made = []
    for number, text in zip(numbers, requests, strict=True):
        entry = entry_of(form, text, len(requests), {"category": form.category})
        entry.number, entry.registered_by = number, actor
        entry.save(force_insert=True)
        EntryEvent.objects.create(
            entry=entry, seq=1, action=Action.REGISTER, to_state=entry.state, unit=form.unit, actor=actor,
            actor_name=actor.name, occurred_at=moment_of(form, at), happened_on=form.visited_on, note=HOW,
        )  # fmt: skip
        made.append(entry)
    return made


def moment_of(form: SurveyForm, at: datetime) -> datetime:
    """The beginning of that day; never after what is being done now."""
    return min(datetime.combine(form.visited_on, time(), SHANGHAI), at)
