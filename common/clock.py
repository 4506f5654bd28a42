"""The one place that reads the clock; domain code is given `today`."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """Today in Asia/Shanghai."""
    return timezone.localdate()
