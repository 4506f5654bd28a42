"""Scope for what libraries keep: only the auditor reads it."""

from typing import Any, Self

from accounts.rights.permissions import can
from accounts.rights.scope import ScopedQuerySet
from common.sent.seeking import with_words
from common.text import half_width


class TrailQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self if can(user, "audit.view") else self.none()


class AuditQuerySet(TrailQuerySet):
    """django-auditlog's entries."""

    def search(self, words: str) -> Self:
        return with_words(self, words, "object_repr")


class SignInQuerySet(TrailQuerySet):
    """django-axes' notes of who signed in, and who failed to."""

    def search(self, words: str) -> Self:
        return with_words(self, words, "username") | self.filter(ip_address__startswith=half_width(words.strip()))
