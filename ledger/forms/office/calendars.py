"""Announcing a year, putting days right: each is looked at before it is made."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django import forms

from common.forms.fields import DateInput, StyledFormMixin, overwrite
from common.text import clean
from ledger.forms.fields import words
from ledger.models import CalendarYear
from ledger.notices import NoticeError, as_list, packaged, read_notice
from ledger.services.deadlines.calendars import CalendarChange, DayPlan, Notice, whole_year

MOST_BYTES = 200_000
MOST_DAYS = 31
OFF, ON, WEEKDAY = "off", "on", "weekday"
KINDS = [(OFF, "放假"), (ON, "上班"), (WEEKDAY, "恢复为平常的星期")]


class CalendarForm(StyledFormMixin, forms.Form):
    """A change that is made only as it was looked at: `seen` is the version, `looked_at` the change itself."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    looked_at = forms.CharField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    @property
    def change(self) -> CalendarChange:
        raise NotImplementedError

    @property
    def is_confirmed(self) -> bool:
        """Sent with the confirming button, and nothing was typed since the preview."""
        return self.data.get("step") == "confirm" and self.cleaned_data.get("looked_at") == self.fingerprint

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr(self.change).encode()).hexdigest()


class AnnounceForm(CalendarForm):
    year = forms.IntegerField(
        label="年份",
        min_value=2004,
        max_value=2100,
        error_messages={"required": "请填写年份", "invalid": "年份要填四位数字", "min_value": "从 2004 年起"},
    )
    number = words("文号", "请填写通知的文号", max_length=100, help_text="如 国办发明电〔2025〕7号")
    issued_on = forms.DateField(
        label="发布日期",
        widget=DateInput,
        error_messages={"required": "请填写发布日期", "invalid": "日期看不懂，请重新选择"},
    )
    link = forms.URLField(
        label="原文地址",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": "网址不对，应以 https:// 开头"},
    )
    text = words(
        "放假安排",
        rows=12,
        max_length=20_000,
        help_text="粘贴通知原文即可；也可以每行一天：2027-01-01 放假 元旦",
    )
    file = forms.FileField(
        label="或上传文本文件",
        required=False,
        help_text="通知原文或每行一天的列表，.txt 或 .csv",
        widget=forms.FileInput(attrs={"accept": ".txt,.csv"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, year: int, today: date) -> None:
        known = CalendarYear.objects.filter(year=year).first()
        self.today = today
        self.packaged = packaged(year)
        start = {"year": year, "text": as_list(self.packaged)}
        if known:
            start |= {"number": known.notice, "issued_on": known.issued_on, "link": known.link}
        super().__init__(data, files, initial=start)
        self.style()

    def clean_issued_on(self) -> date:
        issued: date = self.cleaned_data["issued_on"]
        if issued > self.today:
            raise forms.ValidationError(f"发布日期 {issued:%Y-%m-%d} 晚于今天，请改正")
        return issued

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text = uploaded_text(data["file"]) if data.get("file") else clean_lines(data.get("text", ""))
        if "year" not in data:
            return data
        try:
            self.days = {one.day: DayPlan(one.is_working, one.name) for one in read_notice(text, data["year"])}
        except NoticeError as error:
            self.add_error("text", str(error))
        if data.get("file"):
            overwrite(self, {"text": text})
        return data

    @property
    def change(self) -> CalendarChange:
        given = self.cleaned_data
        notice = Notice(given["year"], given["number"], given["issued_on"], given["link"])
        days = whole_year(self.days, notice.year)
        return CalendarChange(f"公布 {notice.year} 年放假安排", notice.number, days, notice)


class DaysForm(CalendarForm):
    """One day, or a few in a row."""

    day = forms.DateField(
        label="日期", widget=DateInput, error_messages={"required": "请选择日期", "invalid": "日期看不懂，请重新选择"}
    )
    until = forms.DateField(
        label="到",
        required=False,
        widget=DateInput,
        help_text="只改一天的不用填",
        error_messages={"invalid": "日期看不懂，请重新选择"},
    )
    kind = forms.ChoiceField(
        label="改为", choices=KINDS, widget=forms.RadioSelect, error_messages={"required": "请选择放假还是上班"}
    )
    name = words("名称", max_length=50, help_text="如 春节、国庆节调休上班")
    source = words("依据", "请写明依据哪份通知", max_length=200, help_text="通知的文号或名称、日期")

    def __init__(self, data: Any = None, *, day: date | None = None) -> None:
        super().__init__(data, initial={"day": day, "kind": OFF})
        self.style()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("day"), data.get("until")
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            self.add_error("until", f"应不早于 {first:%Y-%m-%d}，一次最多改 {MOST_DAYS} 天")
        if first and not 2004 <= first.year <= 2100:
            self.add_error("day", "日历从 2004 年起")
        return data

    @property
    def change(self) -> CalendarChange:
        given = self.cleaned_data
        first, last = given["day"], given["until"] or given["day"]
        plan = None if given["kind"] == WEEKDAY else DayPlan(given["kind"] == ON, clean(given["name"]))
        days = {first + timedelta(days=n): plan for n in range((last - first).days + 1)}
        span = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} 至 {last:%m-%d}"
        return CalendarChange(f"修改 {span}", clean(given["source"]), days)


def uploaded_text(file: Any) -> str:
    """The words of a text file, in the encodings that offices use."""
    if file.size > MOST_BYTES:
        return ""
    raw = file.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return clean_lines(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return ""


def clean_lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.splitlines())
