"""A whole draft is deleted only as somebody has seen it: a colleague may have just written in it."""

from django.db import transaction

from common.forms.conflicts import StaleVersionError
from reports.briefing.drafts import ensure_draft
from reports.models import Briefing


def marks(briefing: Briefing) -> frozenset[str]:
    """What a page that shows the whole draft has seen of it: its heading, and every paragraph, each in its version."""
    briefing.refresh_from_db()
    rows = briefing.paragraphs.order_by().values_list("pk", "version")
    return frozenset({f"heading:{briefing.version}", *(f"{pk}:{version}" for pk, version in rows)})


@transaction.atomic
def drop_briefing(*, briefing: Briefing, seen: frozenset[str]) -> None:
    """Raises: BriefingError: it was issued. StaleVersionError: it is no longer, in every part, as it was `seen`."""
    ensure_draft(briefing)
    if marks(briefing) != seen:
        raise StaleVersionError
    briefing.delete()
