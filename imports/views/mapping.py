from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.trail.exports import export_response
from common.clock import today
from imports.errors import ImportRefusedError
from imports.forms import SynonymForm
from imports.models import HeaderMapping, HeaderSynonym, ImportBatch, ImportKind
from imports.pages.mapping import add_synonym, delete_synonym, forget, map_headings
from imports.pages.mapping_page import MappingPage, filled_page, mapping_page
from imports.pages.words import WORD_COLUMNS, words_page
from imports.views.batches import own


@require_http_methods(["GET", "POST"])
@require_action("import.run")
def batch_mapping(request: AuthedRequest, pk: int) -> HttpResponse:
    batch, is_sent = own(request, pk), request.method == "POST"
    try:
        page = filled_page(batch, request.POST, today()) if is_sent else mapping_page(batch, request.GET)
    except ImportRefusedError as error:
        messages.error(request, str(error))
        return redirect("imports:batch-detail", pk=pk)
    is_said = is_sent and not page.moved and not page.is_wrong
    if is_said and keep(request, batch, page):
        return redirect("imports:batch-detail", pk=pk)
    return render(request, "imports/mapping.html", {"batch": batch, "page": page})


def keep(request: AuthedRequest, batch: ImportBatch, page: MappingPage) -> bool:
    try:
        others = map_headings(batch, page.answers, actor=request.user, at=timezone.now())
    except ImportRefusedError as error:
        page.error = str(error)
        return False
    more = f"；另有 {others} 个等待对应的文件也重新读取" if others else ""
    messages.success(request, f"已记住表头对应，“{batch.name}”正在重新读取{more}")
    return True


def kind_of(request: AuthedRequest) -> str:
    wanted = request.GET.get("kind", "")
    return wanted if wanted in ImportKind.values else ImportKind.SURVEYS.value


def show_words(request: AuthedRequest, kind: str, form: SynonymForm) -> HttpResponse:
    context = {"found": words_page(kind, request.user), "kinds": ImportKind.choices, "form": form}
    return render(request, "imports/words.html", context)


@require_GET
@require_action("import.run")
def synonym_list(request: AuthedRequest) -> HttpResponse:
    kind = kind_of(request)
    return show_words(request, kind, SynonymForm(kind=kind))


@require_GET
@require_action("import.run")
def synonym_export(request: AuthedRequest) -> HttpResponse:
    found = words_page(kind_of(request), request.user)
    return export_response(request, f"{found.label}表头叫法", WORD_COLUMNS, found.all_words)


@require_POST
@require_action("import.run")
def synonym_add(request: AuthedRequest) -> HttpResponse:
    kind = kind_of(request)
    form = SynonymForm(request.POST, kind=kind)
    if form.is_valid():
        try:
            added = add_synonym(kind=kind, actor=request.user, at=timezone.now(), **form.cleaned_data)
        except ImportRefusedError as error:
            form.refuse("words", str(error))
        else:
            words = (
                f"已添加叫法“{added.words}”" if added else f"“{form.cleaned_data['words']}”本来就这样认，没有重复添加"
            )
            messages.success(request, words)
            return back(kind)
    return show_words(request, kind, form)


def back(kind: str) -> HttpResponse:
    answer = redirect("imports:synonym-list")
    answer["Location"] += f"?kind={kind}"
    return answer


@require_POST
@require_action("import.run")
def synonym_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    synonym = get_object_or_404(HeaderSynonym.objects.visible_to(request.user), pk=pk)
    delete_synonym(synonym)
    messages.success(request, f"已删除叫法“{synonym.words}”，以后的文件不再这样认")
    return back(synonym.kind)


@require_POST
@require_action("import.run")
def mapping_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(HeaderMapping.objects.visible_to(request.user), pk=pk)
    forget(mapping)
    messages.success(request, "已忘掉这组表头的对应，以后遇到时重新辨认")
    return back(mapping.kind)
