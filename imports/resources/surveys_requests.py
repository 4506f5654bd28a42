"""The requests of a survey form: its cell split into items, joined again by hand, or asked about."""

import hashlib
from typing import Any

from imports.cells import shorten
from imports.cells.requests import Requests, read_requests
from imports.errors import Question, option
from imports.known.asking import answer

WHOLE, ITEMS, NONE = "whole", "items", "none"
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
    if read.may_be_none and (wanted == NONE or not read.items):
        row.notes.append(f"问题诉求“{shorten(text)}”按没有诉求处理，原话写入备注")
        values |= {"appeal": "", "notes": f"{values['notes']}\n问题诉求：{text}".strip()}
        return []
    if not read.items:  # 1、无
        values["appeal"] = ""
    if len(read.items) < 2:
        return list(read.items)
    is_joined = wanted == WHOLE
    row.parts = {"key": key, "items": list(read.items), "joined": is_joined, "asked": bool(read.doubt)}
    if chosen:
        row.parts |= {"by": chosen["by"], "at": chosen["at"]}
    return [text] if is_joined else list(read.items)


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
