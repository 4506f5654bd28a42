"""A briefing's paragraphs, edited in place, and the Word templates it may be printed with."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import AuthedRequest, require_action
from accounts.signin.drafts import drop_draft, restore
from common.clock import today
from common.forms.conflicts import StaleVersionError, posted_version
from reports.briefing import drafts as services
from reports.briefing.errors import BriefingError
from reports.briefing.forms import ParagraphForm, TemplateForm
from reports.briefing.pages import desk, likely, names, narrower, one_paragraph
from reports.briefing.text import picks
from reports.briefing.text.scopes import Scope
from reports.briefing.word import templates
from reports.briefing.word.document import default_template
from reports.briefing.word.packages import TemplateRefusedError
from reports.briefing.word.templates import drop_template, keep_template
from reports.models import Briefing, BriefingParagraph, BriefingTemplate
from reports.views.briefings import edit_url, word


def part(request: AuthedRequest, pk: int, number: int) -> BriefingParagraph:
    rows = BriefingParagraph.objects.visible_to(request.user).filter(briefing=pk)
    return get_object_or_404(rows.select_related("briefing__unit", "briefing__workstream"), pk=number)


@require_GET
@require_action("briefing.edit")
def briefing_records(request: AuthedRequest, pk: int) -> HttpResponse:
    """Records that may be picked as examples, for the chooser."""
    briefing = get_object_or_404(Briefing.objects.visible_to(request.user), pk=pk)
    words = request.GET.get("q", "").strip()[:100]
    found = picks.offers(Scope.of(briefing, today()), request.user, words)
    return JsonResponse({"results": [{"value": value, "text": text} for value, text in found]})


@require_http_methods(["GET", "POST"])
@require_action("briefing.edit")
def paragraph_edit(request: AuthedRequest, pk: int, number: int) -> HttpResponse:
    """The form in place of the paragraph, or on a page of its own; saved, the paragraph again."""
    paragraph, key = part(request, pk, number), f"briefing-{pk}-{number}"
    form = form_of(request, paragraph, key)
    if form.is_valid():
        try:
            services.edit_paragraph(
                paragraph=part(request, pk, number),
                wording=form.wording,
                actor=request.user,
                now=timezone.now(),
                version=form.posted_version,
            )
        except StaleVersionError:
            form.show_conflict(part(request, pk, number))
        except BriefingError as error:
            form.refuse("chosen" if error.field == "picks" else error.field, str(error))
        else:
            drop_draft(user=request.user, key=key)
            return told(request, pk, number)
    context = {"form": form, "paragraph": paragraph, "key": key, **choices_for(paragraph)}
    return render(request, template(request, "paragraph_form"), context, status=422 if form.is_bound else 200)


def choices_for(paragraph: BriefingParagraph) -> dict[str, Any]:
    """What can be put into a paragraph: the names of figures, and to what they can be narrowed."""
    briefing = paragraph.briefing
    return {"names": names(briefing, timezone.now()), "narrower": narrower(briefing, today())}


def form_of(request: AuthedRequest, paragraph: BriefingParagraph, key: str) -> ParagraphForm:
    asked = request.POST.getlist("chosen")
    return ParagraphForm(
        request.POST or None,
        paragraph=paragraph,
        scope=Scope.of(paragraph.briefing, today()),
        offers=likely(paragraph, request.user, today(), asked),
        url=reverse("reports:briefing-records", args=[paragraph.briefing_id]),
        initial=restore(user=request.user, key=key),
    )


def template(request: AuthedRequest, name: str) -> str:
    return f"reports/_briefing_{name}.html" if request.htmx else f"reports/briefing_{name}.html"


def told(request: AuthedRequest, pk: int, number: int) -> HttpResponse:
    if not request.htmx:
        return redirect(edit_url(pk, number))
    paragraph = part(request, pk, number)
    context = {"told": one_paragraph(paragraph, timezone.now()), "briefing": paragraph.briefing}
    return render(request, "reports/_briefing_paragraph.html", context)


@require_POST
@require_action("briefing.edit")
def paragraph_act(request: AuthedRequest, pk: int, number: int) -> HttpResponse:
    """Moves, drops, adds after, or puts back the usual words; answers with the paragraphs as they stand then."""
    paragraph, now, seen = part(request, pk, number), timezone.now(), posted_version(request.POST)
    acts = {
        "up": lambda: services.move_paragraph(paragraph=paragraph, down=False),
        "down": lambda: services.move_paragraph(paragraph=paragraph, down=True),
        "drop": lambda: services.drop_paragraph(paragraph=paragraph, seen=seen),
        "add": lambda: services.add_paragraph(after=paragraph),
        "restore": lambda: services.restore_paragraph(paragraph=paragraph, actor=request.user, now=now, seen=seen),
        "show": lambda: None,
    }
    refused = ""
    try:
        acts.get(request.POST.get("act", ""), acts["show"])()
    except (BriefingError, StaleVersionError) as error:
        refused = str(error) or "刚有人改过这一段，没有动它，已显示最新的"
    if not request.htmx:
        if refused:
            messages.error(request, refused)
        return redirect(edit_url(pk, number))
    briefing = get_object_or_404(Briefing.objects.visible_to(request.user), pk=pk)
    context = {"briefing": briefing, "desk": desk(briefing, now), "refused": refused}
    return render(request, "reports/_briefing_paragraphs.html", context)


@require_http_methods(["GET", "POST"])
@require_action("briefing.template")
def template_list(request: AuthedRequest) -> HttpResponse:
    """The office's Word templates, the form for another, and what a template may name."""
    form = TemplateForm(request.POST or None, request.FILES or None)
    refused: Sequence[str] = ()
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            made, unused = keep_template(
                name=form.cleaned_data["name"], content=content, by=request.user, now=timezone.now()
            )
        except TemplateRefusedError as error:
            refused = error.lines
        except BriefingError as error:
            form.refuse(error.field, str(error))
        else:
            missing = f"；注意模板没有用到：{'、'.join(unused)}" if unused else ""
            messages.success(request, f"已收下模板“{made}”，占位符都认得{missing}")
            return redirect("reports:briefing-templates")
    rows = BriefingTemplate.objects.visible_to(request.user).defer("content")
    braced = {name: name if name in templates.GROUPED else f"{{{{ {name} }}}}" for name in templates.KNOWN}
    known = [(braced[name], text) for name, text in templates.KNOWN.items()]
    context = {"form": form, "refused": refused, "rows": rows, "known": known}
    return render(request, "reports/briefing_templates.html", context)


@require_GET
@require_action("briefing.template")
def template_default(request: AuthedRequest) -> HttpResponse:
    return word(default_template(), "工作情况汇报自带模板.docx")


@require_GET
@require_action("briefing.template")
def template_file(request: AuthedRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(BriefingTemplate.objects.visible_to(request.user), pk=pk)
    return word(bytes(kept.content), f"{kept.name}.docx")


@require_POST
@require_action("briefing.template")
def template_edit(request: AuthedRequest, pk: int) -> HttpResponse:
    """Another name, or the one new briefings begin with."""
    kept = get_object_or_404(BriefingTemplate.objects.visible_to(request.user).defer("content"), pk=pk)
    name, is_default = request.POST.get("name", kept.name), request.POST.get("is_default") == "on"
    try:
        templates.edit_template(template=kept, name=name, is_default=is_default)
        messages.success(request, f"已保存模板“{name}”{'，新起草的汇报用它' if is_default else ''}")
    except BriefingError as error:
        messages.error(request, str(error))
    return redirect("reports:briefing-templates")


@require_POST
@require_action("briefing.template")
def template_drop(request: AuthedRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(BriefingTemplate.objects.visible_to(request.user), pk=pk)
    try:
        drop_template(kept)
        messages.success(request, f"已删除模板“{kept}”")
    except BriefingError as error:
        messages.error(request, str(error))
    return redirect("reports:briefing-templates")
