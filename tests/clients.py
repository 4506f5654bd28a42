"""A test client that signs in at once."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

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
