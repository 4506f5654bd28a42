"""What a page asks about a job."""

from typing import Any

from django import template

from jobs.models import Job
from jobs.services import may_retry

register = template.Library()


@register.filter
def can_retry(job: Job, user: Any) -> bool:
    """Whether this person may begin it anew."""
    return may_retry(job, user)
