"""Survey forms that the system has already: which of them a row of a file is, and what people have put right since."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from enterprises.models import Enterprise
from imports.errors import Question, option
from imports.known.asking import answer
from imports.known.register import Register, chunks
from ledger.models import SurveyForm
from ledger.surveying.same import alike, bare

ANOTHER = "another"
BY_IMPORT = ("行", "撤销导入批次")  # in the audit rows of an import and of its undoing


def take_forms(register: Register) -> None:
    """The prints of all forms, and on which days the enterprises that a file names have some: one query."""
    known = register.by_pk
    rows = SurveyForm.objects.order_by().values_list("pk", "enterprise_id", "visited_on", "fingerprint")
    for pk, enterprise, day, fingerprint in rows.iterator(chunk_size=5000):
        register.fingerprints.add(fingerprint)
        if enterprise in known:
            register.form_days[enterprise].append((day, pk))


def load_forms(register: Register, wanted: dict[int, set[date | None]]) -> None:
    """The forms of these enterprises on these days, as whole records, in place of those of the part before; where a
    day is not known yet, all of the enterprise."""
    pks = [
        pk
        for enterprise, days in wanted.items()
        for day, pk in register.form_days.get(enterprise, ())
        if day in days or None in days
    ]
    register.forms_on, register.edited = defaultdict(list), defaultdict(dict)
    for part in chunks(pks):
        for form in SurveyForm.objects.for_list().filter(pk__in=part).order_by("pk"):
            register.forms_on[form.enterprise_id, form.visited_on].append(form)
        take_edits(register, part)


def take_edits(register: Register, pks: list[int]) -> None:
    """Which fields of stored forms people have changed since they came in, and who."""
    kind = ContentType.objects.get_for_model(SurveyForm)
    rows = LogEntry.objects.filter(content_type=kind, object_id__in=pks, action=LogEntry.Action.UPDATE).order_by("id")
    for pk, changes, name, told in rows.values_list("object_id", "changes", "actor__name", "additional_data"):
        if not (isinstance(told, dict) and any(key in told for key in BY_IMPORT)):
            register.edited[pk] |= dict.fromkeys(changes or {}, name or "有人")


def form_key(enterprise: Enterprise, values: dict[str, Any]) -> str:
    """What makes two rows one form: the enterprise, the day, the request; without a request the unit that visited."""
    said = bare(values["appeal"]) or f"|{values['unit'].pk}"
    return f"form {id(enterprise)} {values['visited_on']} {said}"


def same_form(enterprise: Enterprise, values: dict[str, Any], register: Register) -> SurveyForm | None:
    """The stored form that a row is for sure."""
    unit, said = values["unit"], bare(values["appeal"])
    stored = stored_forms(enterprise, values, register)
    same = [form for form in stored if bare(form.appeal) == said and (said or form.unit == unit)]
    return next((form for form in same if form.unit == unit), same[0] if same else None)


def stored_forms(enterprise: Enterprise, values: dict[str, Any], register: Register) -> list[SurveyForm]:
    return register.forms_on.get((enterprise.pk, values["visited_on"]), []) if enterprise.pk else []


def reworded_form(enterprise: Enterprise, values: dict[str, Any], row: Any, register: Register) -> SurveyForm | None:
    """The stored form of which a row words the request anew; None where it is another.

    Raises:
        UnsureError: it may be one, and nobody has said so yet.
    """
    unit, said = values["unit"], bare(values["appeal"])
    free = [form for form in stored_forms(enterprise, values, register) if met(form) not in register.seen]
    near = [form for form in free if form.unit == unit and alike(bare(form.appeal), said)]
    if not near:
        if free:
            row.notes.append(f"系统里这家企业同一天已有 {len(free)} 张表，诉求或单位不同，作为另一张登记")
        return None
    chosen = answer(register, row, which(enterprise, values, near))
    return next((form for form in near if str(form.pk) == chosen), None)


def met(form: SurveyForm) -> str:
    """The key under which a row of the file that was this form is remembered."""
    return f"stored form {form.pk}"


def which(enterprise: Enterprise, values: dict[str, Any], near: Iterable[SurveyForm]) -> Question:
    said = values["appeal"]
    told = hashlib.sha256(f"{values['unit'].pk}|{bare(said)}".encode()).hexdigest()[:16]
    options = [
        option(str(form.pk), f"就是那一张：{form.appeal[:60] or '没有诉求'}", "按这一行更正，不另登记") for form in near
    ]
    return Question(
        field="appeal",
        name=said or "没有诉求",
        key=f"form:{enterprise.pk}:{values['visited_on']}:{told}",
        reason="系统里有同一家企业、同一天、同一单位的表，诉求相近而不相同",
        options=(*options, option(ANOTHER, "是另一张表", "另外登记，诉求成为新的台账问题")),
        prompt="是不是同一张表？",
        done="就这样",
        alike="完全相同的",
    )
