"""结对: who serves whom, from a day to a day. Ended ones stay as history.

A firm is paired in the figures of every period on whose last day it is: that decides which closed ones a change
touches. Pairings with projects are in no figure.
"""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts.leaving import relied_on
from accounts.models import User
from common.closing import Corrected, PeriodClosed, Seen, look, settle
from common.dates import date_fault
from enterprises.models import Pairing
from enterprises.services.errors import RegisterError, RegisterPeriodClosedError


@transaction.atomic
def start_pairing(*, pairing: Pairing, actor: Any, today: date, reason: str = "") -> Pairing:
    """Starts a pairing; an officer has one open pairing with one enterprise or project.

    Raises:
        RegisterPeriodClosedError: it is in force at the end of a closed period, and no `reason` is given.
        RegisterError: not the actor's officer, a day that cannot be, or already paired.
    """
    officer, target = pairing.officer, pairing.enterprise or pairing.project
    relied_on(officer)
    if not User.objects.visible_to(actor).working().filter(pk=officer.pk).exists():
        raise RegisterError("只能为本单位的干警结对", "officer")
    fault = date_fault(pairing.starts_on, today, "开始日期")
    if fault:
        raise RegisterError(fault, "starts_on")
    same = Pairing.objects.of(officer).filter(enterprise=pairing.enterprise, project=pairing.project)
    running = same.filter(ends_on__isnull=True).first()
    if running:
        raise RegisterError(f"{officer.name}从 {running.starts_on:%Y-%m-%d} 起已与“{target}”结对", "officer")
    overlap = same.filter(ends_on__gte=pairing.starts_on).order_by("-ends_on").first()
    if overlap:
        raise RegisterError(
            f"{officer.name}与“{target}”的上一次结对到 {overlap.ends_on:%Y-%m-%d} 才结束，请从次日起算", "starts_on"
        )
    try:
        with transaction.atomic():
            seen = look()
            pairing.save()
            settle_change(seen, Corrected(pairing, f"补记，{pairing.starts_on} 起", reason, actor))
    except RegisterPeriodClosedError:
        pairing.pk, pairing._state.adding = None, True  # it was taken back: the form still holds a new one
        raise
    except IntegrityError as error:
        raise RegisterError(f"{officer.name}刚刚已与“{target}”结对", "officer") from error
    return pairing


@transaction.atomic
def end_pairing(
    *, pairing: Pairing, ends_on: date, notes: str, today: date, actor: Any = None, reason: str = ""
) -> Pairing:
    """Ends an open pairing on a day, which still counts as in force; only the first of two people ends it.

    Raises:
        RegisterPeriodClosedError: it was in force at the end of a closed period, and no `reason` is given.
        RegisterError: already ended, no reason, or a day that cannot be.
    """
    fault = date_fault(ends_on, today, "结束日期")
    if fault:
        raise RegisterError(fault, "ends_on")
    if ends_on < pairing.starts_on:
        raise RegisterError(f"结束日期早于开始日期 {pairing.starts_on:%Y-%m-%d}，请改正", "ends_on")
    if not notes.strip():
        raise RegisterError("请写明结束的原因，如岗位调整、项目完工", "notes")
    seen = look(pairing)
    current = Pairing.objects.get(pk=pairing.pk)
    if current.ends_on:
        raise RegisterError(f"这次结对已于 {current.ends_on:%Y-%m-%d} 结束")
    current.ends_on, current.notes = ends_on, notes.strip()
    current.save(update_fields=["ends_on", "notes"])
    settle_change(seen, Corrected(current, f"{ends_on} 结束", reason, actor))
    return current


def settle_change(seen: Seen, corrected: Corrected) -> None:
    """What a pairing's beginning or end moved in closed periods.

    Raises:
        RegisterPeriodClosedError: it moved something, and no reason is given.
    """
    try:
        settle(seen, corrected)
    except PeriodClosed as error:
        raise RegisterPeriodClosedError(str(error)) from error
