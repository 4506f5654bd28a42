"""How likely two entries of the register are one firm, and why, in words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from enterprises.names import one_apart

LIKELY = 35  # points from which a pair is shown
MISSING, OTHER_CODE = 10, -25
NEAR_CODE = 30  # codes given out one after the other differ so too: never enough alone
BODY = slice(8, 17)  # 主体标识码 within a credit code


@dataclass(frozen=True)
class Card:
    """What of a firm is compared. `formers`: the keys of names it had before; `codes`: codes it had."""

    name_key: str
    core_key: str
    uscc: str
    phone_key: str
    address_key: str
    formers: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Likeness:
    points: int
    reasons: tuple[str, ...]

    @property
    def is_likely(self) -> bool:
        return self.points >= LIKELY

    @property
    def words(self) -> str:
        return "；".join(self.reasons)


def likeness(one: Card, other: Card) -> Likeness:
    found = [*by_code(one, other), *by_name(one, other), *by_place(one, other)]
    if found and not (one.uscc and other.uscc):
        found.append((MISSING, "有一家没有信用代码" if one.uscc or other.uscc else "两家都没有信用代码"))
    elif found and not any(by_code(one, other)):
        found.append((OTHER_CODE, "但信用代码完全不同"))
    return Likeness(max(sum(points for points, _ in found), 0), tuple(words for _, words in found))


def by_code(one: Card, other: Card) -> Iterator[tuple[int, str]]:
    a, b = one.uscc, other.uscc
    if (a and a in other.codes) or (b and b in one.codes):
        yield 60, "一家的信用代码是另一家以前的"
    if not a or not b:
        return
    wrong = [at + 1 for at, (left, right) in enumerate(zip(a[:17], b[:17], strict=False)) if left != right]
    if len(a) == len(b) and len(wrong) < 2:
        where = f"第 {wrong[0]} 位" if wrong else "末位"
        yield NEAR_CODE, f"信用代码只差{where}"
    elif a[BODY] == b[BODY]:
        yield 50, "信用代码里的主体标识码（第 9—17 位）相同"
    elif abs(len(a) - len(b)) == 1 and one_missing(*sorted((a, b), key=len)):
        yield NEAR_CODE, "信用代码少写一位"


def one_missing(short: str, long: str) -> bool:
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def by_name(one: Card, other: Card) -> Iterator[tuple[int, str]]:
    if one.name_key == other.name_key:
        yield 50, "名称相同"
    elif one.name_key in other.formers or other.name_key in one.formers:
        yield 50, "一家的名称是另一家的曾用名"
    elif one.core_key == other.core_key:
        yield 35, "名称只差地名或公司形式"
    elif one_apart(one.core_key, other.core_key):
        yield 30, "名称只差一个字"


def by_place(one: Card, other: Card) -> Iterator[tuple[int, str]]:
    if one.phone_key and one.phone_key == other.phone_key:
        yield 20, "电话相同"
    if one.address_key and one.address_key == other.address_key:
        yield 15, "地址相同"
