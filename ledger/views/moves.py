"""One step of one entry: its small form, and where it leads."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import AuthedRequest, require_action
from accounts.kept.files import KeptFiles
from accounts.signin.drafts import drop_typed, restore
from common.clock import today
from common.web.pages import go, render_page
from ledger.filters.rounds import Round
from ledger.forms.entries.moves import MoveForm
from ledger.forms.entries.people import HandlerForm
from ledger.forms.entries.splitting import move_form
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.table import MOVES
from ledger.moves.who import actions_for
from ledger.selectors.entries.calling import call_about
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
    on_the_way = Round.of(request.GET, request.user, pk)
    event = moved(request, form)
    if event:
        drop_typed(request, key)
        return after_the_move(request, event, on_the_way)
    form.keep_files()
    context = {"form": form, "entry": entry, "action": move, "move": MOVES[move], "key": key}
    context["call"] = call_about(entry, request.user, today()) if move == Action.CONFIRM else None
    context["carried"] = on_the_way.carried if on_the_way else ""
    response = render_page(request, "ledger/entry_move.html", "move", context)
    response.status_code = 409 if form.conflict else 422 if form.errors else 200
    return response


@require_GET
@require_action("ledger.view")
def handler_choices(request: AuthedRequest) -> HttpResponse:
    """The field for the handler anew, with the people of the unit just chosen."""
    return render(request, "ledger/_handler_field.html", {"form": HandlerForm(asked=request.GET, user=request.user)})


def after_the_move(request: AuthedRequest, event: EntryEvent, on_the_way: Round | None) -> HttpResponse:
    """The next entry of the list that was gone through; else the entry's page, with what was done said on top.

    An entry still in that list stays on the screen. The list itself follows where nothing is left in it, and where the
    entry is out of the person's sight now, which is said.
    """
    pk, query = event.entry_id, on_the_way.carried if on_the_way else ""
    page, entries = reverse("ledger:entry-detail", args=[pk]), f"{reverse('ledger:entry-list')}{query}"
    seen = ProblemEntry.objects.visible_to(request.user).filter(pk=pk).exists()
    leaves = on_the_way is not None and not on_the_way.holds()
    if seen and not leaves:
        messages.success(request, told(event))
        return go(request, f"{page}{query}")
    look = format_html(' <a class="alert-link" href="{}">查看</a>', page) if seen else ""
    messages.success(request, format_html("{}{}", told(event), look))
    if not seen:
        messages.info(request, f"{event.entry.number} 已不归您的单位，不再显示在您的台账里")
    if on_the_way is None or on_the_way.next_one is None:
        return go(request, entries)
    return go(request, f"{reverse('ledger:entry-detail', args=[on_the_way.next_one])}{query}")


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
