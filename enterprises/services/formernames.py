"""曾用名 that people add: names from before the firm was registered here."""

from datetime import date
from typing import Any

from django.db import transaction

from common.text import clean, name_key
from enterprises.models import Enterprise, FormerName, NameOrigin
from enterprises.services.errors import RegisterError
from enterprises.services.register import name_fault


@transaction.atomic
def add_former_name(
    *, enterprise: Enterprise, name: str, used_from: date | None, used_until: date | None, today: date, by: Any
) -> FormerName:
    """Keeps a name from before the firm was registered here.

    Raises:
        RegisterError: no name, the one it has or has kept already, or days that cannot be.
    """
    enterprise = Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    if fault := name_fault(name):
        raise RegisterError(fault, "name")
    if name_key(name) == enterprise.name_key:
        raise RegisterError("这就是现在的名称", "name")
    if FormerName.objects.filter(enterprise=enterprise, name_key=name_key(name)).exists():
        raise RegisterError("这个曾用名已经记过", "name")
    for field, day in (("used_from", used_from), ("used_until", used_until)):
        if day and day > today:
            raise RegisterError(f"{day:%Y-%m-%d} 晚于今天，请改正", field)
    if used_from and used_until and used_until < used_from:
        raise RegisterError("结束日期早于开始日期，请改正", "used_until")
    days = {"used_from": used_from, "used_until": used_until}
    kept = FormerName(enterprise=enterprise, name=clean(name), origin=NameOrigin.TYPED, noted_by=by, **days)
    kept.save()
    return kept


@transaction.atomic
def drop_former_name(*, former: FormerName) -> None:
    """Takes back a name that somebody typed; what renames and merges have left stays.

    Raises:
        RegisterError: nobody typed it.
    """
    if former.origin != NameOrigin.TYPED:
        raise RegisterError("改名和合并留下的曾用名不能删除")
    former.delete()
