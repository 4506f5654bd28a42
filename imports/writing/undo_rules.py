"""What an undo must not bring about, as nobody could on the pages: no admin left, a number used twice, two pairings of
the same two at one time. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model, Q

from accounts.models import Unit, User
from accounts.posts import AccountError, is_admin_in_use
from accounts.services import leave_nothing
from enterprises.models import Enterprise, Pairing

CHUNK = 900
NO_ADMIN = "撤销后会没有在用的管理员"
TAKEN = "原来的{}已由别的记录使用"
SAME_NAME = "又登记了一家同名、同样没有信用代码的企业"
OVERLAPS = "两者之后又结了对"
Key = tuple[type[Model], int]


@dataclass
class Restore:
    """A stored record that the import changed: the version it left, and the old values by field."""

    model: type[Model]
    pk: int
    version: int
    fields: dict[str, Any]


Going = dict[type[Model], set[int]]


def ruled_out(going: Going, back: list[Restore]) -> dict[Key, str]:
    """Records that cannot go, or go back, while the others do: why each."""
    why = last_admins(going, back) | dict(left_behind(back))
    for model in {one.model for one in back}:
        of_model = {one.pk: one.fields for one in back if one.model is model}
        why |= dict(taken_values(model, of_model, going[model]))
        if model is Enterprise:
            why |= dict(same_names(of_model, going[model]))
        elif model is Pairing:
            why |= dict(overlaps(of_model, going[model]))
    return why


def last_admins(going: Going, back: list[Restore]) -> dict[Key, str]:
    roles = {one.pk: one.fields["role"] for one in back if one.model is User and "role" in one.fields}
    if not roles and not going[User]:
        return {}
    people = User.objects.filter(Q(role="admin") | Q(pk__in=[pk for pk, role in roles.items() if role == "admin"]))
    admins, stay = [], False
    for user in people.select_for_update() if connection.in_atomic_block else people:
        admins += [user.pk] if is_admin_in_use(user) else []
        user.role = roles.get(user.pk, user.role)
        stay = stay or (is_admin_in_use(user) and user.pk not in going[User])
    if stay:
        return {}
    return {(User, pk): NO_ADMIN for pk in admins if pk in going[User] or pk in roles}


def left_behind(back: list[Restore]) -> Iterator[tuple[Key, str]]:
    """People who would go back to a post where what they have in hand since cannot be done."""
    posts = {one.pk: one.fields for one in back if one.model is User and one.fields.keys() & {"role", "unit"}}
    for pks in parts(posts):
        for user in User.objects.filter(pk__in=pks).select_related("unit"):
            old = posts[user.pk]
            unit = Unit.objects.filter(pk=old["unit"]).first() if "unit" in old else user.unit
            after = User(
                pk=user.pk, name=user.name, role=old.get("role", user.role), unit=unit, is_active=user.is_active
            )
            try:
                leave_nothing(user, after)
            except AccountError as error:
                yield (User, user.pk), str(error)


def taken_values(model: type[Model], back: dict[int, dict[str, Any]], going: set[int]) -> Iterator[tuple[Key, str]]:
    """Old values of unique columns that somebody else has who keeps them."""
    for column in unique_columns(model):
        wanted = {fields[column.name]: pk for pk, fields in back.items() if fields.get(column.name) is not None}
        for values in parts(wanted):
            holders = model._base_manager.filter(**{f"{column.name}__in": values}).values_list("pk", column.name)
            for holder, value in holders:
                pk = wanted[value]
                if holder != pk and holder not in going and column.name not in back.get(holder, {}):
                    yield (model, pk), TAKEN.format(column.verbose_name)


def unique_columns(model: type[Model]) -> list[Any]:
    return [column for column in model._meta.concrete_fields if column.unique and not column.primary_key]


def same_names(back: dict[int, dict[str, Any]], going: set[int]) -> Iterator[tuple[Key, str]]:
    """Of one name at most one enterprise has no code: those that would lose it, where there is another by now."""
    bare = {pk for pk, fields in back.items() if "uscc" in fields and not fields["uscc"]}
    for pks in parts(bare):
        keys = dict(Enterprise.objects.filter(pk__in=pks).values_list("name_key", "pk"))
        others = Enterprise.objects.filter(name_key__in=keys, uscc=None).exclude(pk__in=pks)
        for pk, key in others.values_list("pk", "name_key"):
            if pk not in going:
                yield (Enterprise, keys[key]), SAME_NAME


def overlaps(back: dict[int, dict[str, Any]], going: set[int]) -> Iterator[tuple[Key, str]]:
    """Ended pairings that would run again, where the two have been paired anew."""
    again = [pk for pk, fields in back.items() if "ends_on" in fields]
    for pks in parts(again):
        ended = {one.pk: one for one in Pairing.objects.filter(pk__in=pks)}
        latest: dict[Any, Any] = {}
        officers = {one.officer_id for one in ended.values()}
        for other in Pairing.objects.filter(officer__in=officers).exclude(pk__in=pks).order_by("starts_on"):
            if other.pk not in going:
                latest[two_of(other)] = other.starts_on
        for pk, one in ended.items():
            if one.starts_on <= latest.get(two_of(one), date.min):
                yield (Pairing, pk), OVERLAPS


def two_of(pairing: Pairing) -> tuple[int, int | None, int | None]:
    return pairing.officer_id, pairing.enterprise_id, pairing.project_id


def parts(values: Any) -> Iterator[list[Any]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
