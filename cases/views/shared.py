"""What the forms of this app have in common."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.decorators import AuthedRequest
from accounts.signin.drafts import restore
from cases.models import LegalCase, TypicalCase
from cases.services import CaseError, CasePeriodClosedError
from common.forms.conflicts import StaleVersionError
from common.idempotence import AlreadySavedError
from common.sent.numbers import whole_number


def first_words(request: AuthedRequest, key: str, *given: str) -> dict[str, Any]:
    """What a new form starts with: what the address hands over (`?enterprise=12`), then what was typed before."""
    handed = {name: request.GET[name] for name in given if whole_number(request.GET.get(name)) is not None}
    return handed | restore(user=request.user, key=key)


def attempt(form: Any, save: Callable[[], Any]) -> Any:
    """Saves; a refusal, or a colleague's edit in between, goes back to the form, and the answer is None."""
    try:
        return save()
    except CasePeriodClosedError as error:
        form.ask_reason(str(error))
    except CaseError as error:
        form.refuse(error.field, str(error))
    except StaleVersionError:
        form.show_conflict(type(form.instance)._default_manager.get(pk=form.instance.pk))
    except AlreadySavedError as error:
        form.show_saved(error.stored, see=reverse(*seen_at(error.stored)), change=changed_at(error.stored))
    return None


def seen_at(row: Any) -> tuple[str, Any, list[int]]:
    """The page that shows a record, as `reverse` takes it: a 检察建议 has none but its form."""
    page = {LegalCase: "case-detail", TypicalCase: "typical-detail"}.get(type(row), "recommendation-edit")
    return f"cases:{page}", None, [row.pk]


def changed_at(row: Any) -> str:
    page = {LegalCase: "case-edit", TypicalCase: "typical-edit"}.get(type(row), "recommendation-edit")
    return reverse(f"cases:{page}", args=[row.pk])
