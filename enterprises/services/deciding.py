"""“不是同一家”: what somebody who looked at two firms decided, so that nobody is asked again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from enterprises.models import Enterprise, NotDoubles
from enterprises.services.errors import RegisterError


@transaction.atomic
def tell_apart(*, one: Enterprise, other: Enterprise, reason: str, actor: Any, at: datetime) -> NotDoubles:
    """Remembers that two firms are two; said before, it stays as it was said.

    Raises:
        RegisterError: not the actor's to say, or no reason.
    """
    if not actor.can("register.merge"):
        raise RegisterError("只有政法委办公室的管理员可以认定")
    if one.pk == other.pk:
        raise RegisterError("请选两家企业")
    if not reason.strip():
        raise RegisterError("请写明为什么不是同一家，如法人不同、是分公司", "reason")
    first, second = sorted((one, other), key=lambda firm: firm.pk)
    said = {"reason": reason.strip(), "decided_by": actor, "decided_by_name": actor.name, "decided_at": at}
    decided, _ = NotDoubles.objects.get_or_create(one=first, other=second, defaults=said)
    return decided


@transaction.atomic
def ask_again(*, decided: NotDoubles, actor: Any) -> None:
    """Takes the decision back: the two are offered again.

    Raises:
        RegisterError: not the actor's to say.
    """
    if not actor.can("register.merge"):
        raise RegisterError("只有政法委办公室的管理员可以认定")
    decided.delete()
