"""Initial passwords: made once, shown once, changed at the first sign-in."""

import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

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
