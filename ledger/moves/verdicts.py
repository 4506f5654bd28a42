"""What a re-check's move leaves on the re-check itself."""

from datetime import date
from typing import Any

from accounts.models import User
from ledger.models import ProblemEntry, Recheck, Verdict
from ledger.services.rights import may_recheck
from ledger.states import Action

VERDICTS = {Action.UPHOLD: Verdict.UPHELD, Action.REINSTATE: Verdict.OVERTURNED}


def keep_verdict(entry: ProblemEntry, action: Action, actor: User, day: date, words: str) -> dict[str, Any]:
    """Writes the verdict on what was drawn of this entry; gives back what the timeline tells of it.

    The move's own conditional UPDATE has seen to it that nobody else judges at the same time.
    """
    found = Recheck.objects.for_list().filter(entry=entry).waiting()
    recheck = next(one for one in found if may_recheck(one, actor))
    recheck.verdict, recheck.words = VERDICTS[action], words.strip()
    recheck.judged_by, recheck.judged_on = actor, day
    recheck.save(update_fields=["verdict", "words", "judged_by", "judged_on"])
    return {"抽查期": recheck.draw.label, "抽查的一步": recheck.event.get_action_display()}
