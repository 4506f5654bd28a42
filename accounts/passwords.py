"""Initial passwords: made once, shown once, changed at the first sign-in."""

import secrets

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
