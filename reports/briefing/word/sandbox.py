"""Where a template's placeholders are evaluated: names, loops and conditions; no files, no network, no attributes that
lead out, nothing that grows without bound."""

from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

FILTERS = ("default", "d", "first", "join", "last", "length", "list", "trim", "upper", "escape", "e")


class BriefingEnvironment(ImmutableSandboxedEnvironment):
    """Multiplying and raising would make a page of text out of a line, so they are refused."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"模板里不能用运算符 {operator}")

    def is_safe_callable(self, obj: Any) -> bool:
        """Nothing needs calling, and `"{:999999999}".format(1)` is a gigabyte."""
        return False


def environment(undefined: type[Undefined] = StrictUndefined) -> BriefingEnvironment:
    """A fresh one; without a loader, nothing can be included or imported."""
    made = BriefingEnvironment(undefined=undefined, autoescape=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made
