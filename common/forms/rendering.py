"""The commonest widgets written without a template: a page of filters has hundreds of options, each a template of its
own in Django's way. What is written is the same (tests/common/test_rendering.py); every other widget is Django's."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


class QuickRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        quick = QUICK.get(template_name)
        return quick(context["widget"]) if quick else super().render(template_name, context, request)


def written(value: Any) -> str:
    """As templates do: text is escaped unless it says that it is safe."""
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def attributes(given: Mapping[str, Any]) -> str:
    pairs = [
        name if value is True else f'{name}="{written(value)}"' for name, value in given.items() if value is not False
    ]
    return "".join(f" {pair}" for pair in pairs)


def text_input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{written(widget["value"])}"'
    begins = f'<input type="{written(widget["type"])}" name="{written(widget["name"])}"'
    return mark_safe(f"{begins}{value}{attributes(widget['attrs'])}>")  # noqa: S308 -- every part is escaped


def select(widget: Widget) -> str:
    parts = [f'<select name="{written(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, choices, _ in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{written(group)}">')
        parts += [option(one) for one in choices]
        if group:
            parts.append("</optgroup>")
    return mark_safe("\n".join([*parts, "</select>"]))  # noqa: S308 -- every part is escaped


def option(widget: Widget) -> str:
    return (
        f'<option value="{written(widget["value"])}"{attributes(widget["attrs"])}>{written(widget["label"])}</option>'
    )


QUICK: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": select,
    **dict.fromkeys(
        [f"django/forms/widgets/{kind}.html" for kind in ("text", "number", "hidden", "date", "email")], text_input
    ),
}
