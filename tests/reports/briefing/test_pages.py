"""Writing, reading and issuing a briefing, through its pages."""

import hashlib
import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.urls import reverse
from docx import Document

from accounts.models import ExportLog
from common.rows.fixed import FixedRowError
from jobs.models import Job
from jobs.runner import JobContext, run_job
from ledger.states import EntryState
from reports.briefing.errors import BriefingError
from reports.briefing.issuing import issue_briefing
from reports.briefing.text.names import CODES, LABELS
from reports.figures.registry.definitions import Revision
from reports.figures.registry.indicators import INDICATORS
from reports.models import Briefing, BriefingParagraph, IssuedBriefing, Tally
from reports.tasks import run_issue
from tests.factories import EntryFactory, TypicalCaseFactory
from tests.factories.reports import AT, BriefingFactory, IssuedBriefingFactory

pytestmark = pytest.mark.django_db
DAY = date(2023, 5, 10)


@pytest.fixture
def resolved(police, court):
    """Two problems of the police and one of the court, confirmed in the half-year."""
    return [
        EntryFactory(unit=unit, registered_on=DAY, state=EntryState.CONFIRMED, title=f"样例问题{n}")
        for n, unit in enumerate((police, police, court))
    ]


def page(client, name, *args, **query):
    return client.get(reverse(f"reports:briefing-{name}", args=args), query)


def post(client, name, *args, **data):
    return client.post(reverse(f"reports:briefing-{name}", args=args), data, follow=True)


def issued(client, briefing):
    post(client, "issue", briefing.pk)
    run_job()
    return IssuedBriefing.objects.get(briefing=briefing)


def test_an_author_begins_a_briefing_and_reads_it_with_links_to_records(client, admin, resolved):
    client.force_login(admin)
    answer = post(client, "create", period="2023H1", about="all", rounding="exact", title="")
    made = Briefing.objects.get()
    assert (made.title, made.author) == ("2023年上半年政法系统 派驻服务保障“六件大事”工作情况汇报", admin)
    assert "已起草" in answer.content.decode()
    shown = page(client, "detail", made.pk).content.decode()
    assert f'href="{reverse("reports:records", args=["problems_resolved"])}?period=2023H1"' in shown
    assert "3个</a>" in shown


def test_the_same_form_makes_one_briefing(client, admin):
    client.force_login(admin)
    form = page(client, "create").context["form"]
    data = {"period": "2023H1", "about": "all", "rounding": "prose", "submission_key": form["submission_key"].value()}
    post(client, "create", **data)
    post(client, "create", **data)
    assert Briefing.objects.count() == 1


def test_another_briefing_from_the_same_form_is_shown_beside_the_first(client, admin, police, coordinator):
    client.force_login(admin)
    form = page(client, "create").context["form"]
    data = {"period": "2023H1", "about": "all", "rounding": "prose", "submission_key": form["submission_key"].value()}
    post(client, "create", **data)
    late = post(client, "create", **{**data, "about": f"unit:{police.pk}", "rounding": "exact"})
    told = {one.label: (one.stored, one.typed) for one in late.context["form"].saved.differences}
    assert (Briefing.objects.count(), told["范围"]) == (1, ("全部", police.name))
    assert "这次填的与那次不同，还没有保存" in late.content.decode()
    assert len(told) == 2
    Briefing.objects.update(version=2, title="改过的标题", rounding="exact")
    post(client, "create", **data)  # back in the browser after the heading was edited: the same form still
    assert Briefing.objects.count() == 1
    client.force_login(coordinator)
    post(client, "create", **{**data, "about": f"unit:{police.pk}"})  # a colleague's form, whatever its key
    assert Briefing.objects.count() == 2


@pytest.mark.parametrize("what", ["drop", "restore"])
def test_what_somebody_has_just_written_is_neither_dropped_nor_put_back_unseen(client, admin, what):
    client.force_login(admin)
    post(client, "create", period="2023H1", about="all", rounding="prose")
    paragraph = Briefing.objects.get().paragraphs.first()
    BriefingParagraph.objects.filter(pk=paragraph.pk).update(text="刚写的。", version=2)
    page_of_before = reverse("reports:briefing-paragraph-act", args=[paragraph.briefing_id, paragraph.pk])
    answer = client.post(page_of_before, {"act": what, "version": 1}, follow=True).content.decode()
    assert "刚有人改过这一段，没有动它" in answer
    assert BriefingParagraph.objects.get(pk=paragraph.pk).text == "刚写的。"
    client.post(page_of_before, {"act": what, "version": 2})
    assert "刚写的。" not in BriefingParagraph.objects.filter(pk=paragraph.pk).values_list("text", flat=True)


def test_a_draft_goes_only_as_it_was_seen_whole(client, admin):
    client.force_login(admin)
    post(client, "create", period="2023H1", about="all", rounding="prose")
    made = Briefing.objects.get()
    first, second, *_ = made.paragraphs.all()

    def seen():
        return re.findall(r'name="seen"[^>]*value="([^"]+)"', page(client, "edit", made.pk).content.decode(), re.DOTALL)

    before = seen()
    assert len(before) == 1 + made.paragraphs.count()
    changes = {
        "written": lambda: BriefingParagraph.objects.filter(pk=first.pk).update(text="同事刚写的。", version=2),
        "added": lambda: BriefingParagraph.objects.create(briefing=made, order=99, text=""),
        "dropped": lambda: second.delete(),
        "heading": lambda: Briefing.objects.filter(pk=made.pk).update(title="改过的标题", version=2),
    }
    for what, change in changes.items():
        old = seen()
        change()
        answer = post(client, "drop", made.pk, seen=old).content.decode()
        assert (what, "刚有人改过，没有删除" in answer, Briefing.objects.count()) == (what, True, 1)
    post(client, "drop", made.pk)  # a page that says nothing of what it has shown
    assert Briefing.objects.count() == 1
    opened = client.get(reverse("reports:briefing-paragraph", args=[made.pk, first.pk]), headers={"hx-request": "true"})
    assert f'value="{first.pk}:2"' in opened.content.decode()  # also while it is being written on
    assert "已删除草稿“改过的标题”" in post(client, "drop", made.pk, seen=seen()).content.decode()
    assert not Briefing.objects.exists()


def test_a_unit_writes_of_itself_only(client, coordinator, court, resolved):
    client.force_login(coordinator)
    refused = post(client, "create", period="2023H1", about=f"unit:{court.pk}", rounding="prose")
    assert (Briefing.objects.count(), "is-invalid" in refused.content.decode()) == (0, True)
    post(client, "create", period="2023H1", about=f"unit:{coordinator.unit_id}", rounding="exact")
    made = Briefing.objects.get()
    shown = page(client, "detail", made.pk).content.decode()
    assert "2个</a>" in shown
    refused = save(client, made.paragraphs.first(), text="化解{problems_resolved@市人民法院}。")
    assert "不属于本汇报的范围（市公安局）" in refused.content.decode()


def save(client, paragraph, **data):
    fields = {"section": "", "lead": "", "text": paragraph.text, "version": paragraph.version, **data}
    return post(client, "paragraph", paragraph.briefing_id, paragraph.pk, **fields)


def test_a_misspelt_name_is_refused_by_name_and_what_was_typed_stays(client, admin, resolved):
    client.force_login(admin)
    paragraph = BriefingFactory(author=admin).paragraphs.get()
    answer = save(client, paragraph, text="化解{problem_resolved}，{nothing_like_it}。")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "{problem_resolved} 不是可用的名字，是不是 {化解困难}" in text
    assert "{nothing_like_it} 不是可用的名字" in text
    assert "化解{problem_resolved}，{nothing_like_it}。</textarea>" in text
    paragraph.refresh_from_db()
    assert paragraph.text == "化解困难{problems_resolved}。平安。"
    for typed, hint in (("{化解困准}", "是不是 {化解困难}"), ("{化解困难@五好圆区}", "是不是 {化解困难@五好园区}")):
        assert hint in save(client, paragraph, text=typed).content.decode()


def test_names_are_read_and_written_in_chinese_and_kept_as_codes(client, admin, resolved):
    client.force_login(admin)
    paragraph = BriefingFactory(author=admin).paragraphs.get()
    typed = "化解困难{化解困难@2023年第2季度@准确值}，园区{化解困难@五好园区}，化解率{化解率}，如{所选例子}。"
    save(client, paragraph, text=typed)
    paragraph.refresh_from_db()
    assert paragraph.text == (
        "化解困难{problems_resolved@2023Q2@exact}，园区{problems_resolved@park}，化解率{resolution_rate}，如{examples}。"
    )
    form = page(client, "paragraph", paragraph.briefing_id, paragraph.pk)
    assert form.context["form"]["text"].value() == typed
    assert '<option value="化解困难"' in form.content.decode()
    assert len(CODES) == len(LABELS)


def test_examples_are_picked_from_records_that_may_be_seen(client, coordinator, court, police):
    client.force_login(coordinator)
    mine = EntryFactory(unit=police, registered_on=DAY, state=EntryState.CONFIRMED, title="厂区门口积水")
    EntryFactory(unit=court, registered_on=DAY, state=EntryState.CONFIRMED, title="法院的问题")
    case = TypicalCaseFactory(unit=court, published_on=DAY)
    briefing = BriefingFactory(unit=police, author=coordinator)
    offered = page(client, "records", briefing.pk).json()["results"]
    assert [row["text"] for row in offered] == ["化解的问题：“厂区门口积水”"]
    paragraph = briefing.paragraphs.get()
    strange = save(client, paragraph, text="如{examples}。", chosen=[f"typical:{case.pk}"])
    assert "所选记录里有不属于本期、本范围的" in strange.content.decode()
    save(client, paragraph, text="如{examples}。", chosen=[f"entry:{mine.pk}"])
    assert "如“厂区门口积水”。" in page(client, "detail", briefing.pk).content.decode()


def test_two_people_edit_a_paragraph_and_the_second_sees_both_texts(client, admin):
    client.force_login(admin)
    paragraph = BriefingFactory().paragraphs.get()
    save(client, paragraph, text="先改的。")
    answer = save(client, paragraph, text="后改的。")
    assert "先改的。" in answer.content.decode()
    assert "后改的。</textarea>" in answer.content.decode()


def test_paragraphs_are_moved_added_dropped_and_put_back(client, admin):
    client.force_login(admin)
    post(client, "create", period="2023H1", about="all", rounding="prose")
    briefing = Briefing.objects.get()

    def keys():
        return list(briefing.paragraphs.values_list("key", flat=True))

    usual = keys()
    first, second = briefing.paragraphs.all()[:2]
    act(client, second, "up")
    assert keys()[:2] == [usual[1], usual[0]]
    act(client, second, "up")
    act(client, second, "add")
    assert keys()[:3] == [usual[1], "", usual[0]]
    act(client, first, "drop")
    assert usual[0] not in keys()
    post(client, "restore", briefing.pk)
    assert keys()[-1] == usual[0]
    BriefingParagraph.objects.filter(pk=second.pk).update(text="改过的。")
    act(client, second, "restore")
    assert BriefingParagraph.objects.get(pk=second.pk).text == second.text


def act(client, paragraph, what):
    client.post(reverse("reports:briefing-paragraph-act", args=[paragraph.briefing_id, paragraph.pk]), {"act": what})


def test_issuing_freezes_the_bytes_once_and_says_what_has_changed_since(client, admin, police, resolved, monkeypatch):
    client.force_login(admin)
    briefing = BriefingFactory(author=admin, rounding="exact")
    Tally.objects.all().delete()
    assert "正在签发" in post(client, "issue", briefing.pk).content.decode()
    made = issued(client, briefing)
    post(client, "issue", briefing.pk)
    assert run_issue(JobContext(Job.objects.get())) == {"briefing": briefing.pk, "sha256": made.sha256}
    assert IssuedBriefing.objects.count() == 1
    assert (made.figure_count, made.issued_name, made.sha256) == (
        1,
        admin.name,
        hashlib.sha256(made.content).hexdigest(),
    )
    assert page(client, "detail", briefing.pk).context["reading"].changes == []
    new = EntryFactory(unit=police, registered_on=DAY, state=EntryState.CONFIRMED)
    Tally.objects.all().delete()
    one = INDICATORS["problems_resolved"]
    reworded = replace(one, history=(*one.history, Revision(date(2027, 1, 1), "改按销号计")))
    monkeypatch.setitem(INDICATORS, "problems_resolved", reworded)
    shown = page(client, "detail", briefing.pk)
    (change,) = shown.context["reading"].changes
    assert (change.label, change.then, change.now, change.by) == ("化解困难", "3个", "4个", "增加1个")
    (cause,) = change.causes
    assert (cause.word, cause.count, cause.records[0].url) == (
        "新计入",
        1,
        reverse("ledger:entry-detail", args=[new.pk]),
    )
    assert new.title in cause.records[0].name
    assert "口径由第 2 版改为第 3 版：2027年1月1日起改按销号计" in shown.content.decode()
    content = page(client, "word", briefing.pk).content
    assert content == made.content
    assert "化解困难3个。平安。" in [one.text for one in Document(BytesIO(content)).paragraphs]
    assert ExportLog.objects.get().what == "工作情况汇报"


def test_a_draft_that_is_edited_while_it_is_issued_is_not_issued(admin):
    briefing = BriefingFactory(author=admin)

    def edited(step, words):
        BriefingParagraph.objects.update(version=F("version") + 1)

    with pytest.raises(BriefingError, match="有人改了这份汇报"):
        issue_briefing(briefing=briefing, actor=admin, now=AT, tell=edited)
    assert not IssuedBriefing.objects.exists()


def test_a_file_that_is_no_longer_what_was_issued_is_not_handed_out(client, admin):
    client.force_login(admin)
    briefing = BriefingFactory(author=admin)
    issue = IssuedBriefingFactory(briefing=briefing, sha256="0" * 64)
    answer = client.get(page(client, "word", issue.briefing_id).url)
    assert "与签发时的 SHA-256 不符" in answer.content.decode()


def test_what_is_issued_can_no_longer_be_changed(client, admin, resolved):
    client.force_login(admin)
    briefing = BriefingFactory(author=admin)
    paragraph, made = briefing.paragraphs.get(), issued(client, briefing)
    assert "已签发，不能再改" in save(client, paragraph, text="改。").content.decode()
    assert "已签发，不能再改" in post(client, "drop", briefing.pk).content.decode()
    with pytest.raises(FixedRowError):
        made.save()
    with pytest.raises(FixedRowError):
        IssuedBriefing.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_issuedbriefing SET sha256 = 'x'")


def test_a_name_that_is_no_longer_known_stops_the_issue_and_is_listed(client, admin):
    client.force_login(admin)
    briefing = BriefingFactory(author=admin, text="化解{problems_solved}。")
    assert "认不出" in page(client, "detail", briefing.pk).content.decode()
    post(client, "issue", briefing.pk)
    run_job()
    for answer in (page(client, "detail", briefing.pk), client.get(page(client, "word", briefing.pk).url)):
        said = "第 1 段（开头）：{problems_solved} 不是可用的名字，是不是 {化解困难}"
        assert said in answer.content.decode()
    assert not IssuedBriefing.objects.exists()


def test_an_earlier_briefing_is_the_next_ones_base(client, admin, resolved):
    client.force_login(admin)
    source = BriefingFactory(author=admin, text="自己写的，化解困难{problems_resolved}。")
    post(client, "create", period="2023H1", about="all", rounding="exact", source=source.pk)
    made = Briefing.objects.exclude(pk=source.pk).get()
    assert [one.text for one in made.paragraphs.all()] == ["自己写的，化解困难{problems_resolved}。"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_export_query_budget(client, coordinator, court, rows, django_assert_num_queries):
    for _ in range(rows):
        BriefingFactory(unit=coordinator.unit)
    foreign = BriefingFactory(unit=court)
    client.force_login(coordinator)
    page(client, "list")
    with django_assert_num_queries(6):
        text = page(client, "list").content.decode()
    assert foreign.title not in text
    with django_assert_num_queries(6):
        page(client, "export")


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_query_budget(client, admin, police, rows, django_assert_num_queries):
    briefing = BriefingFactory(unit=police)
    for n in range(rows):
        BriefingParagraph.objects.create(briefing=briefing, order=n + 2, text="服务{relief_services}。")
    client.force_login(admin)
    page(client, "detail", briefing.pk)
    with django_assert_num_queries(11):  # one of them for the units, to know which are below the briefing's own
        page(client, "detail", briefing.pk)
