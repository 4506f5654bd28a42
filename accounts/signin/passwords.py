"""Passwords: what is good enough, and initial ones: made once, shown once, changed at the first sign-in."""

import re
import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

LOWER, UPPER, DIGITS = (
    "abcdefghjkmnpqrstuvwxyz",
    "ABCDEFGHJKMNPQRSTUVWXYZ",
    "23456789",
)  # nothing that reads like another


def initial_password() -> str:
    """Three groups of four with all kinds of character, e.g. `Kfm7-q2wT-x9Rt`; about 60 bits."""
    while True:
        letters = "".join(secrets.choice(LOWER + UPPER + DIGITS) for _ in range(12))
        if all(any(letter in kind for letter in letters) for kind in (LOWER, UPPER, DIGITS)):
            return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


ROUNDS = 10_000  # instead of a million: 60 random bits can't be guessed anyway, and 300 people wait for this answer


def stored_initial(password: str) -> str:
    """What is stored of an initial password; Django stores it anew, with all rounds, at the first sign-in."""
    hasher = get_hasher("default")
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=ROUNDS)
    return make_password(password)


CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s]|_")


class CharacterClassesValidator:
    """Three of four kinds of character, as GB/T 22239-2019 §8.1.4.1 a) asks (docs/adr/0005-sign-in.md)."""

    def validate(self, password: str, user: object = None) -> None:
        if sum(bool(re.search(kind, password)) for kind in CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、符号中的三种。"


class LengthValidator(MinimumLengthValidator):
    """Django's, in Chinese: its own catalogue has not caught up with the words."""

    def get_error_message(self) -> str:
        return f"密码太短，至少 {self.min_length} 个字符。"

    def get_help_text(self) -> str:
        return f"密码至少 {self.min_length} 个字符。"
