"""What the forms of this app have in common."""

from collections.abc import Callable
from typing import Any

from accounts.decorators import AuthedRequest
from accounts.signin.drafts import restore
from cases.services import CaseError, CasePeriodClosedError
from common.forms.conflicts import StaleVersionError
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
    return None
