"""The requests of a survey form: its cell split into items, joined again by hand, or asked about; and what each has of
its own where it stands in columns of its own."""

import hashlib
import re
from decimal import Decimal
from typing import Any

from common.text import name_key
from imports.cells import Money, shorten
from imports.errors import Question, option
from imports.known.asking import answer
from imports.tables.headings.columns import base
from ledger.surveying.requests import ITEMS, NONE, WHOLE, Requests, among_notes, decided, read_requests

SHOWN = 12  # items told beside a choice


def requests_of(values: dict[str, Any], row: Any, register: Any) -> list[str]:
    """The requests that become entries. What is no request after all is kept in the form's notes, in its own words.

    Raises:
        UnsureError: it is not certain what the requests are, and nobody has said so yet.
    """
    text = values["appeal"].strip()
    read, key = read_requests(text), parts_key(text)
    chosen = register.choice(row.source, key)
    wanted = answer(register, row, question(read, text, key)) if read.doubt else chosen and chosen["to"]
    items = decided(read, text, wanted)
    if items is None:
        row.notes.append(f"问题诉求“{shorten(text)}”按没有诉求处理，原话写入备注")
        values |= {"appeal": "", "notes": among_notes(values["notes"], text)}
        return []
    if not read.items:  # 1、无
        values["appeal"] = ""
    if len(read.items) < 2:
        return list(items)
    is_joined = wanted == WHOLE
    row.parts = {"key": key, "items": list(read.items), "joined": is_joined, "asked": bool(read.doubt)}
    if chosen:
        row.parts |= {"by": chosen["by"], "at": chosen["at"]}
    return list(items)


def parts_key(text: str) -> str:
    """What is decided about a text holds as long as it stays the same."""
    return f"parts:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def question(read: Requests, text: str, key: str) -> Question:
    name = shorten(text)
    if read.may_be_none:
        options = (option(WHOLE, "登记为诉求"), option(NONE, "没有诉求", "原话写入备注，不进台账"))
        reason, prompt = f"问题诉求“{name}”{read.doubt}", "算不算诉求？"
    else:
        told = "　".join(f"{at}. {shorten(item)}" for at, item in enumerate(read.items[:SHOWN], 1))
        several = option(ITEMS, f"分成 {len(read.items)} 条", told + ("……" if len(read.items) > SHOWN else ""))
        options = (several, option(WHOLE, "合成一条", "原话不动"))
        reason, prompt = f"问题诉求“{name}”{read.doubt}，看不准是几条", "怎样登记？"
    return Question("appeal", name, key, reason, options, prompt=prompt, done="就这样登记", alike="内容相同的")


# ---- requests in columns of their own ----


def add_up(values: dict[str, Any], row: Any) -> None:
    """The form's amount is that of all its requests together; foreign money is kept in words."""
    given = [money for name, money in values.items() if base(name) == "amount" and money]
    values["amount#1"] = values["amount"]  # of the first request alone
    if len(given) < 2:
        values["amount"] = given[0] if given else None
        return
    foreign = [money.text for money in given if money.amount is None]
    if foreign:
        values["notes"] = f"{values['notes']}\n涉及金额：{'、'.join(foreign)}".strip()
        row.notes.append(f"涉及金额“{'、'.join(foreign)}”是外币，写入备注")
    yuan = [money.amount for money in given if money.amount is not None]
    values["amount"] = Money(sum(yuan, Decimal(0)), "、".join(money.text for money in given)) if yuan else None


def own_of(requests: list[str], values: dict[str, Any], row: Any) -> list[dict[str, Any]]:
    """What each request has of its own: `amount` and `category`, where they stand beside it in the file. Of requests
    that were parted or joined otherwise since, nobody can say."""
    shares = row.source.shares
    if len(shares) != len(requests):
        return [{} for _ in requests]
    own: list[dict[str, Any]] = [{} for _ in requests]
    for its, number in zip(own, shares, strict=True):
        if "amount#2" in values:
            money = values.get(f"amount{number or '#1'}") if shares.count(number) == 1 else None
            its["amount"] = money.amount if money else None
        if "category#2" in values:
            its["category"] = values.get(f"category{number}")
    return own


def other_category(requests: list[dict[str, Any]], values: dict[str, Any], row: Any, register: Any) -> Any:
    """The category of requests that name none: the office's “其他”, whatever it is called by now.

    Raises:
        UnsureError: no category is called so any more; which one is asked, once for all rows.
    """
    if all(own.get("category", values["category"]) for own in requests):
        return None
    active = [category for category in register.categories.values() if category.is_active]
    exact = register.categories.get(name_key("其他"))
    if exact is not None:
        return exact
    alike = [category for category in active if re.search("其[他它]", category.name)]
    if len(alike) == 1:
        row.notes.append(f"没有写诉求类别，按“{alike[0].name}”登记")
        return alike[0]
    options = tuple(option(str(category.pk), category.name) for category in alike or active)
    reason = "没有写诉求类别，系统里也没有叫“其他”的类别，请选登记到哪一类"
    asked = Question(
        "category", "诉求类别", "category:", reason, options,
        prompt="登记到哪一类？", done="就是这一类", alike="没有写类别的",
    )  # fmt: skip
    chosen = answer(register, row, asked)
    return next(category for category in active if str(category.pk) == chosen)
