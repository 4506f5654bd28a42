"""统一社会信用代码: 18 characters with a check digit, GB 32100-2015 §5."""

from operator import mul

from django.core.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {character: at for at, character in enumerate(ALPHABET)}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_digit(first17: str) -> str:
    total = sum(map(mul, map(VALUES.__getitem__, first17), WEIGHTS))
    return ALPHABET[-total % 31]


def uscc_problem(code: str) -> str:
    """What is wrong with a code, in words for the person who typed it; empty when nothing is."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，这里是 {len(code)} 位"
    strange = sorted(set(code) - set(ALPHABET))
    if strange:
        return f"统一社会信用代码含有不允许的字符“{''.join(strange)}”（没有 I、O、S、V、Z）"
    if check_digit(code[:17]) != code[17]:
        return "统一社会信用代码校验位不符，请对照营业执照核对"
    return ""


def validate_uscc(code: str) -> None:
    problem = uscc_problem(code)
    if problem:
        raise ValidationError(problem, code="uscc")
