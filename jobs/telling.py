"""What each job of a list is about, and why it runs, in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from jobs.models import Job
from jobs.registry import ABOUT


@dataclass(frozen=True)
class ToldJob:
    """A job with the file, period or change it is about, and who or what began it."""

    job: Job
    about: str
    cause: str


def told(jobs: Iterable[Job]) -> list[ToldJob]:
    """The same jobs in the same order; what their parameters name is read once a kind, not once a row."""
    jobs, by_kind, about = list(jobs), defaultdict(list), dict[int, str]()
    for job in jobs:
        by_kind[job.kind].append(job)
    for kind, alike in by_kind.items():
        words = ABOUT[kind]([job.params for job in alike]) if kind in ABOUT else [""] * len(alike)
        about |= {job.pk: said for job, said in zip(alike, words, strict=True)}
    return [ToldJob(job, about[job.pk] or str(job.params.get("what", "")), cause_of(job)) for job in jobs]


def cause_of(job: Job) -> str:
    return f"{job.owner.name}发起" if job.owner else "系统按时运行"
