"""大屏: making, stopping and finding the walls that show figures without anybody signed in."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import Unit, User
from common.periods import local_date
from reports.models import Screen

LONGEST = timedelta(days=2 * 366)
SEEN_EVERY = timedelta(minutes=5)  # a wall asks every minute; when it was last seen need not be known so closely


class ScreenRefusedError(ValueError):
    """The screen cannot be made so; the message says what to change. `field` is the form's field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def hash_of(key: str) -> str:
    """Keys are 256 random bits: nothing slower than one round of SHA-256 is needed to keep them from being guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True)
class NewScreen:
    name: str
    unit: Unit | None
    expires_on: date


def make_screen(*, data: NewScreen, by: User, now: datetime, submission: UUID | None) -> tuple[Screen, str]:
    """The new screen and its key, which is known only now; empty where this form was sent before.

    Raises:
        ScreenRefusedError: it would end before it begins, or stay open for more than two years.
    """
    today = local_date(now)
    if data.expires_on < today:
        raise ScreenRefusedError("expires_on", "有效期不能早于今天")
    if data.expires_on > today + LONGEST:
        raise ScreenRefusedError("expires_on", "有效期最长两年，到期可以再建")
    key = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            made = Screen.objects.create(
                name=data.name,
                unit=data.unit,
                key_hash=hash_of(key),
                expires_on=data.expires_on,
                created_by=by,
                created_at=now,
                submission=submission,
            )
    except IntegrityError:
        return Screen.objects.get(submission=submission), ""
    return made, key


def revoke_screen(*, screen: Screen, by: User, now: datetime) -> bool:
    """Closes a screen's address for good; False when somebody did before."""
    screen.refresh_from_db()
    if screen.revoked_at:
        return False
    screen.revoked_at, screen.revoked_by = now, by
    screen.save(update_fields=["revoked_at", "revoked_by"])
    return True


def find_screen(key: str) -> Screen | None:
    return Screen.objects.select_related("unit").filter(key_hash=hash_of(key)).first()


def is_open(screen: Screen, today: date) -> bool:
    return screen.revoked_at is None and screen.expires_on >= today


def saw(screen: Screen, address: str, now: datetime) -> None:
    """Keeps when and from where a wall last asked, not more often than every few minutes."""
    stale = Q(seen_at=None) | Q(seen_at__lt=now - SEEN_EVERY) | ~Q(seen_from=address)
    Screen.objects.filter(stale, pk=screen.pk).update(seen_at=now, seen_from=address)


def screens(user: User) -> QuerySet[Screen]:
    return Screen.objects.visible_to(user).select_related("unit", "created_by", "revoked_by")
