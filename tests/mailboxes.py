"""Mail servers that misbehave, as e-mail backends: what was delivered before is kept in `django.core.mail.outbox`."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend


class KilledError(BaseException):
    """The process ends here: nothing after it runs, as after kill -9."""


class Closed(EmailBackend):
    """Nobody listens."""

    def open(self):
        raise ConnectionRefusedError


class Refusing(EmailBackend):
    """Takes no message for addresses that begin with “no”."""

    def send_messages(self, messages):
        if messages[0].to[0].startswith("no"):
            raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"unknown")})
        return super().send_messages(messages)


class Dropping(EmailBackend):
    """Ends the connection while the message is under way."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected


class Deadly(EmailBackend):
    """Delivers one message; the process is killed before it can say so."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise KilledError
