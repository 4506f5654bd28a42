"""Keeping ways of looking at the ledger: one's own, for one's unit, for everybody."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights.permissions import Role
from common.forms.conflicts import save_version
from common.idempotence import AlreadySavedError, differing, own_key, saved_before
from ledger.models import Audience, SavedView
from ledger.services.errors import LedgerError, MoveRefusedError, refuse_unseen


def audiences_for(user: User) -> list[Audience]:
    """For whom this person may keep a view: a coordinator for the unit, the office and admins for everybody."""
    kept = [Audience.OWN]
    if user.role == Role.COORDINATOR and user.unit_id:
        kept.append(Audience.UNIT)
    if user.role == Role.ADMIN or (user.role == Role.COORDINATOR and user.city_wide):
        kept.append(Audience.ALL)
    return kept


def may_change_view(view: SavedView, user: User) -> bool:
    """Its owner, as long as they may share that widely; shared ones also whoever may share so in their place."""
    if view.audience == Audience.OWN:
        return view.owner_id == user.pk
    may_share = view.audience in audiences_for(user)
    return may_share and (view.audience == Audience.ALL or view.unit_id == user.unit_id)


@transaction.atomic
def save_view(*, actor: User, submission: uuid.UUID | None = None, **fields: Any) -> SavedView:
    """Keeps a view; once for each `submission` key.

    Raises:
        LedgerError: not for so many people.
        AlreadySavedError: the form has kept another view before.
    """
    made = saved_before(SavedView, actor, submission)
    if made:
        if differing(made, fields):
            raise AlreadySavedError(made)
        return made
    ensure_audience(fields["audience"], actor)
    unit = actor.unit if fields["audience"] == Audience.UNIT else None
    try:
        with transaction.atomic():
            return SavedView.objects.create(owner=actor, unit=unit, submission=own_key(actor, submission), **fields)
    except IntegrityError:  # the same form came twice at one moment
        return save_view(actor=actor, submission=submission, **fields)


@transaction.atomic
def change_view(*, view: SavedView, actor: User, version: int | None, **fields: Any) -> SavedView:
    """Changes a view for all who use it.

    Raises:
        MoveRefusedError: it isn't this person's to change.
        LedgerError: not for so many people.
        StaleVersionError: someone changed it since `version`.
    """
    ensure_changeable(view, actor)
    ensure_audience(fields["audience"], actor)
    for name, value in fields.items():
        setattr(view, name, value)
    view.unit = actor.unit if view.audience == Audience.UNIT else None
    save_version(view, version)
    return view


@transaction.atomic
def delete_view(*, view: SavedView, actor: User, version: int | None = None) -> None:
    """Deletes a view; `version` is the one on the person's page (that of `view` unless given).

    Raises:
        MoveRefusedError: it isn't this person's to delete.
        ChangedMeanwhileError: it is another by now than this person saw.
        LedgerError: somebody has deleted it.
    """
    seen = view.version if version is None else version
    stored = SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk).first()
    if stored is None:
        raise LedgerError("这个视图已被删除，请刷新后查看")
    ensure_changeable(stored, actor)
    refuse_unseen(stored, seen)
    stored.delete()


def ensure_audience(audience: str, actor: User) -> None:
    if audience not in audiences_for(actor):
        raise LedgerError(f"您保存的视图不能给“{Audience(audience).label}”用，请改选")


def ensure_changeable(view: SavedView, actor: User) -> None:
    if not may_change_view(view, actor):
        raise MoveRefusedError(f"“{view}”由{view.owner}保存，您可以另存一个自己的")
