"""One step of one entry: its small form, and where it leads."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.kept.files import KeptFiles
from accounts.signin.drafts import drop_typed, restore
from common.clock import today
from common.web.pages import go, render_page
from ledger.forms.entries.moves import MoveForm
from ledger.forms.entries.splitting import move_form
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.table import MOVES
from ledger.moves.who import actions_for
from ledger.selectors.entries.entry_page import find_entry
from ledger.selectors.entries.wording import told
from ledger.services.entries.moving import advance_entry, ensure_movable
from ledger.services.errors import LedgerError, MissingNeedError, MoveConflictError, MoveRefusedError
from ledger.states import Action
from ledger.views.entries import visible_entry


@require_http_methods(["GET", "POST"])
@require_action("ledger.view")
def entry_move(request: AuthedRequest, pk: int, action: str) -> HttpResponse:
    """The small form of one move; htmx gets it without the page around it."""
    if action not in MOVES:
        raise Http404
    entry, move, now, key = visible_entry(request, pk), Action(action), timezone.now(), f"move-{pk}-{action}"
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    before = {"initial": restore(user=request.user, key=key), "kept": KeptFiles(request, key)}
    form = move_form(move)(*given, entry=entry, action=move, user=request.user, now=now, **before)
    event = moved(request, form)
    if event:
        drop_typed(request, key)
        messages.success(request, told(event))
        return after_the_move(request, entry)
    form.keep_files()
    context = {"form": form, "entry": entry, "action": move, "move": MOVES[move], "key": key}
    response = render_page(request, "ledger/entry_move.html", "move", context)
    response.status_code = 409 if form.conflict else 422 if form.errors else 200
    return response


def after_the_move(request: AuthedRequest, entry: ProblemEntry) -> HttpResponse:
    """The entry's page; the list where the entry is out of the person's sight now, which is said."""
    if ProblemEntry.objects.visible_to(request.user).filter(pk=entry.pk).exists():
        return go(request, "ledger:entry-detail", entry.pk)
    messages.info(request, f"{entry.number} 已不归您的单位，不再显示在您的台账里")
    return go(request, "ledger:entry-list")


def moved(request: AuthedRequest, form: MoveForm) -> EntryEvent | None:
    """Makes the move if the form was sent and is whole; otherwise leaves on it what stands in the way."""
    asked: dict[str, Any] = {"entry": form.entry, "action": form.action, "actor": request.user, "seen": form.seen}
    try:
        if form.is_valid():
            return advance_entry(**asked, at=form.now, data=form.move_data)
        ensure_movable(**asked, at=form.now)
    except MoveConflictError as error:
        again = find_entry(form.entry.pk, request.user)
        form.entry = again or form.entry
        open_still = again is not None and form.action in actions_for(again, request.user, today())
        form.show_conflict(error, again=open_still)
    except MoveRefusedError as error:
        raise PermissionDenied(str(error)) from error
    except MissingNeedError as error:
        form.mark(error.every)
    except LedgerError as error:
        form.add_error(None, str(error))
    return None
