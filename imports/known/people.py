"""Which officer a name of the file means. A name alone is a person's only within the unit that the row names."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Unit, User
from common.text import name_key
from imports.errors import Question, option
from imports.known.asking import answer
from imports.known.register import Register

NONE_OF_THEM = "-"


def officer(
    register: Register, row: Any, field: str, name: str, unit: Unit | None, kept: str = "未关联"
) -> User | None:
    """The officer of that name in the unit or below it; None where there is none, which the row tells with what is
    `kept` of the name. Without a unit, the only one of that name in the whole roster, which it tells too.

    Raises:
        UnsureError: several officers have it, and no choice has been made.
    """
    named = register.people.get(name_key(name), []) if name else []
    found = [user for user in named if unit is None or is_under(user.unit, unit)]
    if len(found) > 1:
        return which(register, row, field, name, found)
    if found:
        if unit is None:
            row.notes.append(f"“{name}”按姓名认作花名册里{found[0].unit or '不属于单位'}的{found[0].username}")
        return found[0]
    if named:
        units = "、".join(dict.fromkeys(str(user.unit or "不属于单位") for user in named))
        row.notes.append(f"“{name}”在花名册里是{units}的人，不是{unit}的，{kept}")
    elif name:
        row.notes.append(f"“{name}”不在花名册里，{kept}")
    return None


def which(register: Register, row: Any, field: str, name: str, found: list[User]) -> User | None:
    options = [
        option(user.username, f"{user.name} {user.username}", f"{user.unit or ''} {user.post}") for user in found
    ]
    question = Question(
        field=field,
        name=name,
        key=f"person:{name_key(name)}:{'|'.join(sorted(user.username for user in found))}"[:200],
        reason=f"花名册里有 {len(found)} 位“{name}”",
        options=(*options, option(NONE_OF_THEM, "都不是，不关联")),
        prompt="是哪一位？",
        done="就是这一位",
    )
    chosen = answer(register, row, question)
    return next((user for user in found if user.username == chosen), None)


def padded(numbers: Iterable[str]) -> set[int]:
    """How long the staff numbers are that begin with zeros, which a spreadsheet drops as it takes them for numbers."""
    return {len(number) for number in numbers if number.isdecimal() and number.startswith("0")}


def with_zeros(register: Register, row: Any, number: str) -> str:
    """A staff number, with the zeros in front that it may have lost.

    Raises:
        UnsureError: it may have lost some, and nobody has said yet whether it has.
    """
    if number in register.users or not number.isdecimal():
        return number
    possible = sorted(width for width in register.number_widths if width > len(number))
    if not possible and (isinstance(row.source.cells["username"], str) or is_usual(register, number)):
        return number
    options = []
    for width in possible:
        full = number.zfill(width)
        user = register.users.get(full)
        options.append(option(str(width), f"补足 {width} 位：{full}", f"{user.name}的工号" if user else ""))
    others = f"别的工号是 {'、'.join(map(str, possible))} 位、以 0 开头" if possible else "单元格里是数字，不是文本"
    question = Question(
        field="username",
        name=number,
        key=f"zeros:{'|'.join(map(str, possible))}",
        reason=f"工号“{number}”前面的 0 可能丢了：{others}",
        options=(*options, option("0", f"就是 {number}", "没有丢；丢了的请改正这一格")),
        prompt="是哪个工号？",
        done="就这样",
        alike="同样写法的",
    )
    return number.zfill(int(answer(register, row, question)))


def is_usual(register: Register, number: str) -> bool:
    """Whether the roster has staff numbers of as many digits: then nothing is missing."""
    return any(other.isdecimal() and len(other) == len(number) for other in register.users)


def is_under(unit: Unit | None, upper: Unit) -> bool:
    return unit is not None and str(unit.path).startswith(str(upper.path))
