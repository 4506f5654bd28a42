"""Scope for what libraries keep: only the auditor reads it."""

from typing import Any, Self

from django.db.models import Q

from accounts.permissions import can
from accounts.scope import ScopedQuerySet


class TrailQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self if can(user, "audit.view") else self.none()


class AuditQuerySet(TrailQuerySet):
    """django-auditlog's entries."""

    def search(self, words: str) -> Self:
        return self.filter(object_repr__icontains=words)


class SignInQuerySet(TrailQuerySet):
    """django-axes' notes of who signed in, and who failed to."""

    def search(self, words: str) -> Self:
        return self.filter(Q(username__icontains=words) | Q(ip_address__startswith=words))
