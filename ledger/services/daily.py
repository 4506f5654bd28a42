"""What a working day brings by itself, asked for by the clock; however often it asks, a look at the rows decides."""

from datetime import datetime

from common.periods import SHANGHAI, local_date
from enterprises.services.comparing import FIND
from jobs.services import ask_for_the_undone, enqueue, is_wanted
from ledger.calendar import working_calendar
from ledger.models import Digest, DigestState, MessageState, RobotMessage
from ledger.services.messages.digests import DIGEST
from ledger.services.messages.robots import ROBOTS
from ledger.services.supervising.ladder import LADDER
from ledger.services.vacancies import VACANCIES
from ledger.worktime import DIGEST_AT, in_working_hours

MORNING = 6  # the register is compared before people come


def request_due_work(*, at: datetime) -> list[str]:
    """Asks for the jobs whose time has come and that nobody has asked for, and again for those that failed; gives back
    the keys of those it asked for.

    Two clocks ask for one job: its key is kept for good. A clock that stood still asks when it runs again: only for
    the day it is, since each job catches up by itself.
    """
    calendar = working_calendar()
    asked = [job.key or str(job) for job in ask_for_the_undone(at)]
    if at.astimezone(SHANGHAI).hour < MORNING:
        asked += once(FIND, at)
    if in_working_hours(at, calendar):
        asked += once(VACANCIES, at) + once(LADDER, at)
    if in_working_hours(at, calendar, DIGEST_AT):
        asked += once(DIGEST, at) or digest_again(at)
    if RobotMessage.objects.filter(state=MessageState.WAITING, due_at__lte=at).exists():
        enqueue(kind=ROBOTS, key=ROBOTS)
        asked.append(ROBOTS)
    return asked


def digest_again(at: datetime) -> list[str]:
    """Every half hour once more, as long as something of today could not be sent."""
    today, local = local_date(at), at.astimezone(SHANGHAI)
    if not Digest.objects.filter(day=today, state=DigestState.WAITING).exists():
        return []
    return once(DIGEST, at, f":{local.hour:02d}{local.minute // 30 * 30:02d}")


def once(kind: str, at: datetime, slot: str = "") -> list[str]:
    """A job of this kind that is done a single time a day."""
    key = f"{kind}:{local_date(at).isoformat()}{slot}"
    if not is_wanted(key, at):
        return []
    enqueue(kind=kind, key=key, once=True)
    return [key]
