"""Choosing among many as a person does: open the list, wait until it is open, type, take the line."""

import re

from playwright.sync_api import Locator, expect


def choose(field: Locator, typed: str, line: str = "") -> None:
    """Takes the first line that says `line` (or what was typed) in a searchable choice.

    The list drops the keys that come before it has opened, which only a script is quick enough to press.
    """
    field.locator(".ts-control").click()
    expect(field.locator(".ts-wrapper")).to_have_class(re.compile(r"\bdropdown-active\b"))
    field.page.keyboard.type(typed)
    field.locator(".ts-dropdown .option", has_text=line or typed).first.click()
