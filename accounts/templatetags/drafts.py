from typing import Any

from django import template

from accounts.signin.drafts import owner_token

register = template.Library()


@register.inclusion_tag("components/draft.html", takes_context=True)
def draft_fields(context: dict[str, Any], key: str) -> dict[str, Any]:
    """Hidden fields that let a form be saved while typed; goes inside `<form data-draft>`."""
    request = context["request"]
    return {"key": key, "request": request, "draft_owner": owner_token(request.user)}
