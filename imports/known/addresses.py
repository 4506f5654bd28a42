"""Where the page of a stored record is."""

from django.db.models import Model
from django.urls import reverse

from enterprises.models import Pairing

PAGES = {
    "enterprise": "enterprises:enterprise-detail",
    "keyproject": "enterprises:project-detail",
    "user": "accounts:user-edit",
    "surveyform": "ledger:survey-detail",
    "problementry": "ledger:entry-detail",
    "serviceactivity": "ledger:activity-detail",
    "legalcase": "cases:case-detail",
    "procuratorialrecommendation": "cases:recommendation-edit",
}


def record_page(record: Model) -> str:
    """The page of a record; empty for parts that have none of their own."""
    if isinstance(record, Pairing):
        served = record.enterprise or record.project
        return record_page(served) if served else ""
    name = PAGES.get(record._meta.model_name or "")
    return reverse(name, kwargs={"pk": record.pk}) if name else ""
