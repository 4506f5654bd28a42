"""A test client that signs in at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.template.base import Template
from django.template.context import Context
from django.test import Client
from django.test.signals import template_rendered

from accounts.models import User

BACKEND = settings.AUTHENTICATION_BACKENDS[-1]


class QuickClient(Client):
    """`force_login` leaves the same session as Django's, without the dozen statements of a sign-in that was not asked
    for (last login, its audit row, axes' log, another key): thousands of tests sign somebody in."""

    def force_login(self, user: User, backend: str | None = None) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = backend or BACKEND
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def only_told(template: Template, context: Context) -> str:
    template_rendered.send(sender=template, template=template, context=context)
    return ""


@contextmanager
def unrendered() -> Iterator[None]:
    """For a thousand pages of which only the context is looked at: more than half of a page's time is its template."""
    with mock.patch.object(Template, "_render", only_told):
        yield
