"""The enterprise says for itself whether its problem is resolved: a link for one answer about one claim.

The address is the key's signature, so nobody can make one up, and reading the database is not enough to answer.
Source of the rule: docs/domain.md, “The ledger's life”, 5.
"""

import uuid
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction

from accounts.models import User
from ledger.models import ConfirmationLink, EntryEvent, ProblemEntry, Rating
from ledger.moves.data import MoveData
from ledger.moves.table import MOVES
from ledger.moves.who import parties_of
from ledger.services.entries.history import log_change
from ledger.services.entries.moving import advance_entry, ensure_movable
from ledger.services.errors import LedgerError, MissingNeedError, MoveRefusedError
from ledger.states import Action, EntryState

VALID = timedelta(days=28)
SIGNER = Signer(salt="ledger.confirmation", sep=".")


class LinkSpentError(LedgerError):
    """The link can no longer be answered; the message says why and what to do instead."""


def token_of(link: ConfirmationLink) -> str:
    return SIGNER.sign(link.key.hex)


def find_link(token: str) -> ConfirmationLink | None:
    """The link of an address; None where the address was made up or mistyped."""
    try:
        key = uuid.UUID(SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    related = ConfirmationLink.objects.select_related("entry__enterprise", "entry__project", "entry__lead_unit")
    return related.filter(key=key).first()


def may_ask(entry: ProblemEntry, user: User) -> bool:
    """Who may record a call-back may also ask by a link: never the handler, who would be asking for himself."""
    return entry.state == EntryState.COMPLETED and MOVES[Action.CONFIRM].permits(parties_of(entry, user))


def claim_of(entry: ProblemEntry) -> EntryEvent | None:
    """The latest claim that the problem is done."""
    return entry.events.filter(action=Action.COMPLETE).order_by("-seq").first()


def ask_enterprise(*, entry: ProblemEntry, actor: User, at: datetime) -> ConfirmationLink:
    """The link about the latest claim: the one there is, or a new one where there is none or it has expired.

    Raises:
        MoveRefusedError: not this person.
        LedgerError: the entry does not wait for the enterprise.
    """
    ensure_movable(entry, Action.CONFIRM, actor, at)
    claim = claim_of(entry)
    if claim is None:
        raise LedgerError(f"{entry.number} 没有办结记录，不能请企业确认")
    for old in ConfirmationLink.objects.filter(claim=claim, revoked_at=None, answered_at=None, expires_at__lte=at):
        old.revoked_at = at
        old.save(update_fields=["revoked_at"])
    try:
        with transaction.atomic():
            link, _ = ConfirmationLink.objects.get_or_create(
                claim=claim,
                revoked_at=None,
                defaults={"entry": entry, "created_by": actor, "created_at": at, "expires_at": at + VALID},
            )
    except IntegrityError:  # somebody made it this very moment
        link = ConfirmationLink.objects.get(claim=claim, revoked_at=None)
    return link


def revoke_link(*, link: ConfirmationLink, actor: User, at: datetime) -> None:
    """Makes a link worthless: it was sent to the wrong person.

    Raises:
        MoveRefusedError: not this person.
        LinkSpentError: it was answered or revoked already.
    """
    if not MOVES[Action.CONFIRM].permits(parties_of(link.entry, actor)):
        raise MoveRefusedError("只有可以回访确认的人能作废链接")
    link.refresh_from_db()
    if link.answered_at or link.revoked_at:
        raise LinkSpentError("这个链接已经答复或作废，请刷新后查看")
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])


def why_spent(link: ConfirmationLink, at: datetime) -> str:
    """Why a link can no longer be answered; empty when it can."""
    if link.answered_at:
        return "answered"
    if link.revoked_at:
        return "revoked"
    if link.expires_at <= at:
        return "expired"
    if link.entry.state != EntryState.COMPLETED or claim_of(link.entry) != link.claim:
        return "settled"
    return ""


SPENT = {
    "answered": "这个链接已经用过，评价已经收到",
    "revoked": "这个链接已作废，请使用工作人员新发给您的链接",
    "expired": "这个链接已过有效期，请联系走访您的工作人员重新发送",
    "settled": "这件事已由工作人员登记了您的答复，不需要再填",
}


@transaction.atomic
def answer(*, link: ConfirmationLink, rating: str, words: str, name: str, at: datetime) -> EntryEvent:
    """The enterprise's answer: satisfied, the entry is confirmed; not satisfied, it goes back, one level up.

    Raises:
        LinkSpentError: answered, revoked, expired, or settled by a call-back meanwhile.
        MissingNeedError: no rating, or dissatisfied without a word of why.
    """
    if rating not in Rating.values:
        raise MissingNeedError("rating", "请选择满意、基本满意或不满意")
    if rating == Rating.UNSATISFIED and not words.strip():
        raise MissingNeedError("words", "请写一句哪里没有解决，方便我们重新办理")
    taken, given = (
        ConfirmationLink.objects.live(at).filter(pk=link.pk),
        ("answered_at", "rating", "words", "answered_by"),
    )
    was = {name: getattr(link, name) for name in given}
    if taken.update(answered_at=at, rating=rating, words=words, answered_by=name) != 1:
        link.refresh_from_db()
        raise LinkSpentError(SPENT[why_spent(link, at) or "answered"])
    link.refresh_from_db(fields=given)
    log_change(link, was, None)
    entry = ProblemEntry.objects.get(pk=link.entry_id)
    reason = why_spent(ConfirmationLink(entry=entry, claim=link.claim, expires_at=link.expires_at), at)
    if reason:
        raise LinkSpentError(SPENT[reason])
    who = name or str(entry.enterprise or entry.project or "企业")
    told = words.strip() or f"评价“{Rating(rating).label}”"
    data = MoveData(rating=rating, spoken_with=who, spoken_at=at, note=told, answered_by=who[:50])
    return advance_entry(entry=entry, action=Action.CONFIRM, actor=None, at=at, data=data)
