"""How deadlines follow a change: at once where there are few, part by part in the background where there are many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from jobs.models import Job
from jobs.runner import CancelledError, JobContext
from jobs.services import enqueue
from ledger.deadlines import Terms, current_terms
from ledger.models import CalendarVersion, RuleChange
from ledger.services.deadlines.recounts import by_rule, recount, recount_part

RECOUNT = "ledger.recount"  # what was assigned by an older calendar while a newer one was being written
FOLLOW = "ledger.recount_all"
PART = 1000
CAUSES: tuple[type[CalendarVersion], type[RuleChange]] = (CalendarVersion, RuleChange)
Cause = CalendarVersion | RuleChange


def follow(terms: Terms, at: datetime, actor: User | None, cause: Cause) -> None:
    """Brings the deadlines up to date with a change, in its own transaction or by a job that is asked for in it."""
    if by_rule().count() <= settings.RECOUNT_AT_ONCE:
        recount(terms, at, actor, cause)
        enqueue(kind=RECOUNT, key=RECOUNT)
        return
    params = {"model": cause._meta.model_name, "pk": cause.pk}
    enqueue(kind=FOLLOW, key=job_key(cause), params=params, owner=actor, once=True)


def job_key(cause: Cause) -> str:
    return f"{FOLLOW}:{cause._meta.model_name}:{cause.pk}"


def job_of(cause: Cause) -> Job | None:
    """The job that counts anew after this change, if there was so much to count."""
    return Job.objects.filter(key=job_key(cause)).first()


def causes_of(params: Sequence[Mapping[str, Any]]) -> list[str]:
    """The changes that such jobs follow: 时限规则第 2 次修改."""
    found: dict[tuple[str, int], str] = {}
    for model in CAUSES:
        name = str(model._meta.model_name)
        wanted = [one["pk"] for one in params if one["model"] == name]
        found |= {(name, cause.pk): str(cause) for cause in model.objects.filter(pk__in=wanted)}
    return [found.get((one["model"], one["pk"]), "") for one in params]


def recount_all(context: JobContext, at: datetime) -> dict[str, Any]:
    """Counts part by part, each in a transaction with the place to go on from: killed, another worker goes on there."""
    models = {model._meta.model_name: model for model in CAUSES}
    cause = models[context.params["model"]].objects.select_related("made_by").get(pk=context.params["pk"])
    terms, total = current_terms(), by_rule().count()
    place = {"after": 0, "counted": 0, "moved": 0, **context.job.cursor}
    while True:
        with transaction.atomic():
            context.assert_lease()
            part = recount_part(terms, at, cause.made_by, cause, place["after"], PART)
            place = {
                "after": part.last,
                "counted": place["counted"] + part.counted,
                "moved": place["moved"] + part.moved,
            }
            report(context, place, max(total, place["counted"]))
        if part.counted < PART:
            break
    enqueue(kind=RECOUNT, key=RECOUNT)
    return {"counted": place["counted"], "moved": place["moved"]}


def report(context: JobContext, place: dict[str, int], total: int) -> None:
    words = f"正在重算期限，已有 {place['moved']} 件变动"
    try:
        context.progress(place["counted"], total, words, cursor=place)
    except CancelledError:
        return  # half of the deadlines by one calendar and half by another helps nobody: it goes on to the end
