"""Changes to the register: enterprises and key projects."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from common.closing import changed_words, look, settle_register
from common.forms.conflicts import save_version
from common.text import clean
from enterprises.doubles.finding import doubles_of
from enterprises.models import Enterprise, KeyProject, NameOrigin
from enterprises.services.errors import RegisterError, SimilarNamesError
from enterprises.services.renaming import note_renames
from enterprises.services.similar import similar_names

FIRST_REGISTRATION = date(1900, 1, 1)
# Yuan from which an amount is asked about: what a firm is registered with and what a project costs are larger sums
# than those of the ledger (`common.sent.amounts`).
CAPITAL_ASKED_FROM, INVESTMENT_ASKED_FROM = Decimal(1_000_000_000), Decimal(10_000_000_000)


def create_enterprise(*, enterprise: Enterprise, actor: Any, today: date, confirmed: bool) -> Enterprise:
    """Enters an enterprise. Without a credit code it stays 未核实.

    Raises:
        SimilarNamesError: close names exist and the person hasn't said that this is another one.
        RegisterError: the name or the registration date cannot be.
    """
    check_enterprise(enterprise, today)
    if not confirmed:
        refuse_doubles(enterprise, actor)
    enterprise.is_verified = bool(enterprise.uscc)
    return insert(enterprise)


COUNTED = ("kind", "is_above_scale", "workstream")  # what closed figures rest on


@transaction.atomic
def update_enterprise(*, enterprise: Enterprise, version: int | None, today: date, by: Any = None) -> Enterprise:
    """Saves an edited enterprise; what that moves in closed periods is noted for them.

    Raises:
        StaleVersionError: someone saved it in between.
        RegisterError: the name or the registration date cannot be.
    """
    check_enterprise(enterprise, today)
    enterprise.is_verified = bool(enterprise.uscc)
    seen, before = look(enterprise), Enterprise.objects.get(pk=enterprise.pk)
    save_version(enterprise, version)
    note_renames([(enterprise, before.name)], origin=NameOrigin.RENAMED, today=today, by=by)
    settle_register(seen, enterprise, changed_words(before, enterprise, only=COUNTED), by)
    return enterprise


def create_project(*, project: KeyProject, actor: Any, confirmed: bool) -> KeyProject:
    """Enters a key project.

    Raises:
        SimilarNamesError, RegisterError: as for an enterprise.
    """
    check_project(project)
    if not confirmed:
        refuse_similar(KeyProject.objects.visible_to(actor), project.name)
    return insert(project)


def update_project(*, project: KeyProject, version: int | None) -> KeyProject:
    """Saves an edited project.

    Raises:
        StaleVersionError, RegisterError: as for an enterprise.
    """
    check_project(project)
    save_version(project, version)
    return project


def check_enterprise(enterprise: Enterprise, today: date) -> None:
    day = enterprise.registered_on
    if day and day > today:
        raise RegisterError(f"注册日期 {day:%Y-%m-%d} 晚于今天，请改正", "registered_on")
    if day and day < FIRST_REGISTRATION:
        raise RegisterError(f"注册日期 {day:%Y-%m-%d} 太早，请核对营业执照", "registered_on")
    if enterprise.uscc:
        return
    named = Enterprise.objects.named(enterprise.name).filter(uscc__isnull=True).exclude(pk=enterprise.pk)
    if named.exists():
        raise RegisterError(
            f"“{enterprise.name}”已经登记过（同样没有统一社会信用代码），请搜索后直接使用，或填写信用代码区分", "name"
        )


def check_project(project: KeyProject) -> None:
    if fault := order_fault(project.started_on, project.due_on):
        raise RegisterError(fault, "due_on")
    if KeyProject.objects.named(project.name).exclude(pk=project.pk).exists():
        raise RegisterError(f"“{project.name}”已经登记过，请搜索后直接使用", "name")


def name_fault(name: str) -> str:
    """What is wrong with the name of an enterprise or project, typed or imported; empty when nothing is."""
    return "请填写完整的名称" if len(clean(name)) < 2 else ""


def order_fault(started_on: date | None, due_on: date | None) -> str:
    """What is wrong with the order of a project's two dates; empty when nothing is."""
    return "计划竣工早于开工日期，请改正" if started_on and due_on and due_on < started_on else ""


def refuse_similar(rows: Any, name: str) -> None:
    candidates = similar_names(rows, name)
    if candidates:
        raise SimilarNamesError(candidates)


def refuse_doubles(enterprise: Enterprise, actor: Any) -> None:
    """Those that share a code, a name, a telephone or an address, the likeliest first; then names that come close."""
    enterprise.fill_keys()
    likely = {row.pk: (row, found.words) for row, found in doubles_of(enterprise, actor)}
    near = similar_names(Enterprise.objects.visible_to(actor), enterprise.name)
    found = [*likely.values(), *((row, "") for row in near if row.pk not in likely)]
    if found:
        raise SimilarNamesError([row for row, _ in found], {row.pk: words for row, words in found})


def insert(instance: Any) -> Any:
    """A second post of one form, or a colleague a moment earlier, meets the database's own uniqueness."""
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError as error:
        raise RegisterError(f"“{instance.name}”刚刚已经登记，请搜索后打开") from error
    return instance
