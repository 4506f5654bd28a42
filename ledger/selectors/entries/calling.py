"""The call-back to the enterprise: whom to ring, and the result to be read out."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from common.templatetags.ui import masked
from enterprises.columns import phone_rule
from enterprises.models import Enterprise
from ledger.models import ProblemEntry


@dataclass(frozen=True)
class Call:
    """Whom to ring about an entry that is claimed to be done."""

    person: str
    phone: str  # masked where `is_whole` is not
    is_whole: bool
    source: str  # where the number comes from
    outcome: str


def firm_of(entry: ProblemEntry) -> Enterprise | None:
    """The enterprise that speaks for the entry: its own, or the one that builds its project."""
    return entry.enterprise or (entry.project.enterprise if entry.project else None)


def call_about(entry: ProblemEntry, user: User, today: date) -> Call:
    """The contact noted with the entry, whom everybody sees who sees the entry; else that of the register, whose number
    is whole for those for whom it is whole there."""
    if entry.contact_phone:
        return Call(entry.contact_name, entry.contact_phone, True, "登记问题时留的", entry.outcome)
    firm = firm_of(entry)
    if firm is None or not firm.contact_phone:
        return Call(entry.contact_name, "", False, "", entry.outcome)
    person, whole = entry.contact_name or firm.contact_name, phone_rule(user, today)(firm)
    phone = firm.contact_phone if whole else masked(firm.contact_phone)
    return Call(person, phone, whole, "企业名录上的", entry.outcome)
