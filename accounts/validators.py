import re

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

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
