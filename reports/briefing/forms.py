"""Beginning a briefing, its heading, a paragraph, a template."""

from typing import Any

from django import forms

from accounts.models import Unit, User
from common.forms.conflicts import Difference, VersionedFormMixin
from common.forms.fields import StyledFormMixin, rows_field, words_field
from common.idempotence import SubmissionFormMixin
from common.periods import Period
from enterprises.models import Workstream
from reports.briefing.drafts import Heading, Wording
from reports.briefing.text import picks
from reports.briefing.text.names import in_chinese
from reports.briefing.text.scopes import Scope
from reports.briefing.word.packages import MACROS, MAX_BYTES
from reports.briefing.word.templates import default_of_office
from reports.models import Briefing, BriefingParagraph, BriefingTemplate, Rounding
from reports.pages.choosing import periods_to_choose

ALL = "all"


class HeadingFields(forms.Form):
    title = forms.CharField(label="标题", max_length=120, required=False, help_text="空着就用常用标题；空格处换行")
    rounding = forms.ChoiceField(
        label="数字写法", choices=Rounding, initial=Rounding.PROSE, help_text="取余如“200余次”；附件表总是准确值"
    )
    template = forms.ModelChoiceField(
        label="Word 模板",
        queryset=BriefingTemplate.objects.none(),
        required=False,
        empty_label="系统自带的模板（GB/T 9704）",
    )
    with_annexes = forms.BooleanField(
        label="附上附件", required=False, initial=True, help_text="数字明细、收支核对、未化解问题清单和图"
    )

    def allow(self, user: User) -> None:
        rows_field(self.fields, "template").queryset = BriefingTemplate.objects.visible_to(user).defer("content")

    @property
    def heading(self) -> Heading:
        data = self.cleaned_data
        return Heading(data["title"], data["rounding"], data["with_annexes"], data["template"])


class BriefingForm(StyledFormMixin, SubmissionFormMixin, HeadingFields):
    period = forms.ChoiceField(label="统计期")
    about = forms.ChoiceField(label="范围")
    only = forms.BooleanField(label="仅本级", required=False, help_text="范围选单位时：只写本级，不含下级单位")
    source = forms.ModelChoiceField(
        label="底稿", queryset=Briefing.objects.none(), required=False, empty_label="默认段落",
        help_text="选一份以前的汇报，沿用它的段落和文字，数字换成这一期的",
    )  # fmt: skip
    uncompared = frozenset({"source"})  # whose sentences it began with: no part of it afterwards
    field_order = ("period", "about", "only", "source", "title", "rounding", "template", "with_annexes")

    def __init__(self, *args: Any, user: User, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.today = user, today
        words_field(self.fields, "period").choices = [(one.code, one.label) for one in periods_to_choose(today)]
        words_field(self.fields, "about").choices = scopes_to_choose(user)
        rows_field(self.fields, "source").queryset = Briefing.objects.visible_to(user)
        self.allow(user)
        self.initial.setdefault("template", default_of_office())
        self.style()

    def stored_value(self, name: str, stored: Any) -> Any:
        """What it is about, as the form has it: one column for the unit, one for the matter."""
        if name == "about":
            kinds = {"unit": stored.unit_id, "workstream": stored.workstream_id}
            return next((f"{kind}:{pk}" for kind, pk in kinds.items() if pk), ALL)
        return getattr(stored, "unit_only" if name == "only" else name)

    def difference(self, name: str, stored: Any) -> Difference | None:
        """A title left empty is the usual one, and where it is about what is grouped, the words are in the groups."""
        if name == "title" and not self.cleaned_data.get("title"):
            return None
        if name != "about":
            return super().difference(name, stored)
        told = {code: words for one in scopes_to_choose(self.user) for code, words in grouped(one)}
        theirs, ours = self.stored_value(name, stored), self.cleaned_data.get(name, "")
        return Difference("范围", told.get(theirs, theirs), told.get(ours, ours)) if theirs != ours else None

    @property
    def scope(self) -> Scope:
        kind, _, pk = self.cleaned_data["about"].partition(":")
        unit = Unit.objects.get(pk=pk) if kind == "unit" else None
        workstream = Workstream.objects.get(pk=pk) if kind == "workstream" else None
        period, only = Period.parse(self.cleaned_data["period"]), self.cleaned_data["only"]
        return Scope.about(period, self.today, unit, workstream, only=only)


def grouped(choice: Any) -> list[tuple[str, str]]:
    """One choice, or those of a group."""
    return choice[1] if isinstance(choice[1], list) else [choice]


def scopes_to_choose(user: User) -> list[Any]:
    """The whole office, its matters and units; for someone of one unit, that unit and those under it."""
    if not user.sees_all:
        own = Unit.objects.filter(pk__in=user.scope_units())
        return [(f"unit:{one.pk}", one.name) for one in own]
    matters = [(f"workstream:{one.pk}", one.name) for one in Workstream.objects.visible_to(user)]
    units = [(f"unit:{one.pk}", one.name) for one in Unit.objects.visible_to(user)]
    return [(ALL, "全部"), ("六件大事", matters), ("单位", units)]


class HeadingForm(StyledFormMixin, VersionedFormMixin, HeadingFields):
    def __init__(self, *args: Any, user: User, briefing: Briefing, **kwargs: Any) -> None:
        self.instance = briefing
        names = ("title", "rounding", "template", "with_annexes")
        super().__init__(*args, initial={name: getattr(briefing, name) for name in names}, **kwargs)
        self.fields["title"].required = True
        self.fields["title"].help_text = "空格处换行"
        self.allow(user)
        self.style()


class PicksWidget(forms.SelectMultiple):
    """Tom Select over records: what is picked already and the likely ones come with the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.attrs["data-choose"] = "1"


class PicksField(forms.MultipleChoiceField):
    """Records by kind and number; whether a person may pick them is the service's to say."""

    widget = PicksWidget

    def valid_value(self, value: Any) -> bool:
        return bool(picks.read([value]))


class ParagraphForm(StyledFormMixin, VersionedFormMixin):
    section = forms.CharField(label="一级标题", max_length=40, required=False, help_text="与上一段相同就在同一部分")
    lead = forms.CharField(label="段首小标题", max_length=40, required=False)
    text = forms.CharField(
        label="正文",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="花括号里是数字的名字；[第一项{名字}|第二项{名字}] 里为零的自动略去",
    )
    chosen = PicksField(
        label="例子", required=False, help_text="从本期记录里选；正文中 {所选例子} 或 {所选工作} 处写出"
    )

    def __init__(
        self,
        *args: Any,
        paragraph: BriefingParagraph,
        scope: Scope,
        offers: list[tuple[str, str]],
        url: str,
        **kwargs: Any,
    ):
        self.instance, self.scope = paragraph, scope
        values = [picks.value_of(pick) for pick in paragraph.picks]
        text = in_chinese(paragraph.text, scope)
        initial = {"section": paragraph.section, "lead": paragraph.lead, "text": text, "chosen": values}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        words_field(self.fields, "chosen").choices = offers
        self.fields["chosen"].widget.attrs["data-url"] = url
        self.style()

    def stored_value(self, name: str, stored: Any) -> Any:
        return (
            [picks.value_of(pick) for pick in stored.picks] if name == "chosen" else super().stored_value(name, stored)
        )

    def show_conflict(self, stored: Any) -> None:
        stored.text = in_chinese(stored.text, self.scope)
        super().show_conflict(stored)

    @property
    def wording(self) -> Wording:
        data = self.cleaned_data
        return Wording(data["section"], data["lead"], data["text"], picks.read(data["chosen"]))


class TemplateForm(StyledFormMixin, forms.Form):
    name = forms.CharField(label="名称", max_length=100)
    file = forms.FileField(label="Word 文件", widget=forms.FileInput(attrs={"accept": ".docx"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        kind = file.name.casefold().rpartition(".")[2]
        if kind in ("docm", "dotm"):
            raise forms.ValidationError(MACROS)
        if kind != "docx":
            raise forms.ValidationError("模板只收 .docx，请在 Word 里另存为 .docx 再上传")
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"模板有 {file.size / 1024**2:.1f} MB，超过 2 MB，请删去或压缩图片再上传")
        return file
