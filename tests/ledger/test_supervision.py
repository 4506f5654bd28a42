"""督办单: issued by number, signed for, answered once; who may do what, and the Word file."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from common.periods import local_date
from ledger.models import Notice, OrderReply, ProblemEntry, SupervisionOrder
from ledger.services.errors import ChangedMeanwhileError, FieldsRefusedError, LedgerError, MoveRefusedError
from ledger.services.supervising.papers import order_document
from ledger.services.supervising.replies import accept_reply, acknowledge_order, judges, reply_to_order, send_back
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UserFactory, move
from tests.factories.ledger import evidence

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def entry(police):
    return EntryFactory(unit=police, title="货款被拖欠", state=EntryState.HANDLING)


@pytest.fixture
def order(entry, unit_leader):
    return issue(entry, unit_leader)


def issue(entry, leader, words="限期与对方达成还款协议", days=5):
    now = timezone.now()
    return issue_order(entry=entry, actor=leader, at=now, demand=Demand(words, local_date(now) + timedelta(days=days)))


def test_orders_are_numbered_one_after_another_in_the_official_way(entry, unit_leader):
    year = timezone.localdate().year
    assert [issue(entry, unit_leader).number for _ in range(2)] == [f"督〔{year}〕1号", f"督〔{year}〕2号"]


def test_the_handler_and_the_clerks_of_the_unit_are_told_of_it(entry, unit_leader, coordinator, foreign_officer):
    order = issue(entry, unit_leader)
    told = dict(entry.notices.filter(kind="reminded").values_list("recipient", "words"))
    assert told.keys() == {entry.handler_id, coordinator.pk}
    assert all(words.startswith(f"{order.number} 督办 {entry.number}") for words in told.values())


def test_a_leader_issues_one_from_the_entry_and_the_form_sent_twice_makes_one(client, entry, unit_leader):
    client.force_login(unit_leader)
    form = client.get(reverse("ledger:order-create", args=[entry.pk])).context["form"]
    given = {
        "submission_key": form.initial["submission_key"],
        "demand": "限期还款",
        "deadline": form.initial["deadline"].isoformat(),
    }
    for _ in range(2):
        answer = client.post(reverse("ledger:order-create", args=[entry.pk]), given, follow=True)
    assert "限期还款" in answer.content.decode()
    order = SupervisionOrder.objects.get()
    assert (order.unit, order.issued_by, order.standing) == (entry.lead_unit, unit_leader, "待签收")
    page = client.get(reverse("ledger:entry-detail", args=[entry.pk])).content.decode()
    assert order.number in page


def test_what_is_wanting_is_marked_and_kept(client, entry, unit_leader):
    client.force_login(unit_leader)
    given = {"demand": " ", "deadline": "2023-01-01"}
    page = client.post(reverse("ledger:order-create", args=[entry.pk]), given).content.decode()
    assert "请写明督办要求" in page
    given["demand"] = "限期还款"
    page = client.post(reverse("ledger:order-create", args=[entry.pk]), given).content.decode()
    assert ("早于今天" in page, "限期还款" in page) == (True, True)
    assert not SupervisionOrder.objects.exists()


@pytest.mark.parametrize("state", [EntryState.REGISTERED, EntryState.ACCEPTED, EntryState.CLOSED, EntryState.REJECTED])
def test_only_an_entry_someone_is_at_work_on_is_pressed(police, unit_leader, state):
    with pytest.raises(MoveRefusedError):
        issue(EntryFactory(unit=police, state=state), unit_leader)


def test_leaders_of_other_units_and_those_who_do_not_lead_cannot_issue(client, entry, coordinator, court):
    with pytest.raises(MoveRefusedError):
        issue(entry, coordinator)
    client.force_login(UserFactory(unit=court, leader=True))
    assert client.get(reverse("ledger:order-create", args=[entry.pk])).status_code == 404


def test_the_unit_signs_for_it_and_answers_once(order, coordinator):
    now = timezone.now()
    acknowledge_order(order=order, actor=coordinator, at=now)
    acknowledge_order(order=order, actor=order.entry.handler, at=now + timedelta(days=1))
    assert (order.acknowledged_by, order.acknowledged_on) == (coordinator, local_date(now))
    with pytest.raises(FieldsRefusedError):
        reply_to_order(order=order, actor=coordinator, at=now, reply=" ")
    reply_to_order(order=order, actor=order.entry.handler, at=now, reply="已达成分期协议")
    assert (order.standing, order.reply, order.replied_by) == ("待认可", "已达成分期协议", order.entry.handler)
    with pytest.raises(LedgerError):
        reply_to_order(order=order, actor=coordinator, at=now, reply="另一个回复")
    order.refresh_from_db()
    assert order.reply == "已达成分期协议"


def test_another_demand_from_the_same_form_is_shown_beside_what_was_issued(client, entry, unit_leader):
    client.force_login(unit_leader)
    page = reverse("ledger:order-create", args=[entry.pk])
    form = client.get(page).context["form"]
    given = {"submission_key": form.initial["submission_key"], "deadline": form.initial["deadline"].isoformat()}
    client.post(page, {**given, "demand": "限期还款"})
    late = client.post(page, {**given, "demand": "限期复工"})
    order = SupervisionOrder.objects.get()
    told = [(one.stored, one.typed) for one in late.context["form"].saved.differences]
    assert (late.status_code, told, order.demand) == (409, [("限期还款", "限期复工")], "限期还款")
    key = str(late.context["form"].another_key)
    client.post(page, {**given, "demand": "限期复工", "another_key": key})
    assert list(SupervisionOrder.objects.order_by("pk").values_list("demand", flat=True)) == ["限期还款", "限期复工"]


def test_the_same_answer_of_the_same_person_again_is_a_repeat(client, order, coordinator):
    client.force_login(coordinator)
    page = reverse("ledger:order-reply", args=[order.pk])
    assert [client.post(page, {"reply": "已还款"}).status_code for _ in "12"] == [302, 302]
    late = client.post(page, {"reply": "没有还款"}).content.decode()
    assert ("已还款" in late, "没有还款" in late, f"{coordinator}刚回复了" in late) == (True, True, True)
    with pytest.raises(LedgerError, match="刚由"):
        reply_to_order(order=order, actor=order.entry.handler, at=timezone.now(), reply="已还款")
    order.refresh_from_db()
    assert (order.reply, order.replied_by) == ("已还款", coordinator)


def test_the_second_of_two_answers_is_told_who_was_first(order, coordinator):
    stale = SupervisionOrder.objects.get()
    reply_to_order(order=order, actor=order.entry.handler, at=timezone.now(), reply="先")
    with pytest.raises(LedgerError, match="刚由"):
        reply_to_order(order=stale, actor=coordinator, at=timezone.now(), reply="后")


def test_an_answer_by_the_page_also_signs_for_the_order(client, order, coordinator):
    client.force_login(coordinator)
    empty = client.post(reverse("ledger:order-reply", args=[order.pk]), {"reply": ""})
    assert "请写明办理情况" in empty.content.decode()
    client.post(reverse("ledger:order-reply", args=[order.pk]), {"reply": "已还款"})
    order.refresh_from_db()
    assert (order.acknowledged_by, order.reply) == (coordinator, "已还款")


def test_a_leader_reads_it_and_has_no_answer_to_write(client, order, unit_leader):
    client.force_login(unit_leader)
    assert "提交回复" not in client.get(reverse("ledger:order-detail", args=[order.pk])).content.decode()
    assert client.post(reverse("ledger:order-reply", args=[order.pk]), {"reply": "x"}).status_code == 403


def test_the_word_file_is_an_official_document(client, order, unit_leader):
    client.force_login(unit_leader)
    answer = client.get(reverse("ledger:order-word", args=[order.pk]))
    document = Document(BytesIO(answer.content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert {"督 办 单", order.number, f"{order.unit}：", "限期与对方达成还款协议"} <= set(texts)
    section, first = document.sections[0], document.paragraphs[0].runs[0]
    assert [round(length.mm) for length in (section.page_width, section.top_margin, section.left_margin)] == [
        210,
        37,
        28,
    ]
    assert first.element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_and_its_export_cost_the_same_for_any_number_of_rows(
    client, django_assert_num_queries, entry, unit_leader, court, rows
):
    for _ in range(rows):
        issue(entry, unit_leader)
    city = UserFactory(leader=True, city=True, unit=court)
    foreign = issue(EntryFactory(unit=court, title="别家的问题", state=EntryState.HANDLING), city)
    client.force_login(unit_leader)
    client.get(reverse("ledger:order-list"))  # the session's first use writes its clock
    with django_assert_num_queries(6):
        page = client.get(reverse("ledger:order-list"))
    assert (len(page.context["page"].object_list), foreign.number in page.content.decode()) == (rows, False)
    with django_assert_num_queries(5):
        client.get(reverse("ledger:order-export"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [("standing=unsigned", 1), ("standing=replied", 0), ("late=1", 0), ("late=was", 0), ("q=货款", 1), ("q=没有", 0)],
)
def test_filters_of_the_list(client, order, unit_leader, query, shown):
    client.force_login(unit_leader)
    assert len(client.get(f"{reverse('ledger:order-list')}?{query}").context["page"].object_list) == shown


@pytest.mark.parametrize(
    ("action", "because"),
    [
        (Action.RETURN, "退单"), (Action.TRANSFER, "转办"), (Action.CONFIRM, "回访确认"), (Action.COMPLETE, ""),
        (Action.PROGRESS, ""), (Action.HAND_OVER, ""),
    ],
)  # fmt: skip
def test_an_order_ends_with_what_it_is_about(client, entry, order, coordinator, office, court, action, because):
    day = timezone.localdate()
    answered = issue(entry, order.issued_by, words="先答的")
    reply_to_order(order=answered, actor=coordinator, at=timezone.now(), reply="已答")
    proof, other = {"files": [evidence()]}, UserFactory(unit=entry.lead_unit)
    if action == Action.CONFIRM:
        move(entry, Action.COMPLETE, actor=entry.handler, day=day, note="已付清", **proof)
    given = {
        Action.TRANSFER: {"lead_unit": court}, Action.COMPLETE: proof, Action.HAND_OVER: {"handler": other},
        Action.CONFIRM: {"rating": "satisfied", "spoken_with": "厂长"},
    }.get(action, {})  # fmt: skip
    actor = {Action.PROGRESS: entry.handler, Action.COMPLETE: entry.handler, Action.CONFIRM: office}
    move(entry, action, actor=actor.get(action, coordinator), day=day, note="样例", **given)
    order.refresh_from_db()
    words = f"{entry.number} 已{because}，不必再回复" if because else ""
    assert (order.ended_because, bool(order.ended_on)) == (words, bool(because))
    answered.refresh_from_db()
    assert (answered.standing, answered.ended_on) == ("待认可", None)
    assert entry.events.latest("seq").data.get("ended_orders", "") == (order.number if because else "")
    client.force_login(office)
    listed = client.get(reverse("ledger:order-list"), {"standing": "open"}).context["page"]
    assert [row.pk for row in listed] == ([] if because else [order.pk])
    page = client.get(reverse("ledger:order-detail", args=[order.pk])).content.decode()
    assert (words in page) if because else ("已了结" not in page)
    if because:
        with pytest.raises(LedgerError, match=r"不必再回复.*您的回复没有保存"):
            reply_to_order(order=order, actor=coordinator, at=timezone.now(), reply="晚了一步")


def test_the_second_to_reply_sees_both_answers(client, order, coordinator):
    first = order.entry.handler
    reply_to_order(order=order, actor=first, at=timezone.now(), reply="已约谈双方")
    client.force_login(coordinator)
    page = client.post(reverse("ledger:order-reply", args=[order.pk]), {"reply": "已起草还款协议"}).content.decode()
    assert ("已约谈双方" in page, "已起草还款协议" in page, f"{first}刚回复了" in page) == (True, True, True)


def test_an_order_from_an_old_page_goes_to_the_unit_that_leads_now(police, court, office, city_leader):
    entry = EntryFactory(unit=police, state=EntryState.HANDLING)
    loaded = ProblemEntry.objects.get(pk=entry.pk)
    move(entry, Action.TRANSFER, actor=office, lead_unit=court, note="由法院办理")
    order = issue_order(
        entry=loaded, actor=city_leader, at=timezone.now(), demand=Demand("请速办", timezone.localdate())
    )
    assert order.unit == court


# ---- files with the answer, and the leader's word ----


def reply(order, coordinator, words="已约谈双方", **given):
    return reply_to_order(order=order, actor=coordinator, at=timezone.now(), reply=words, **given)


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("words", "link"))


def test_an_answer_comes_with_files_seen_by_whoever_sees_the_order(client, order, coordinator, unit_leader, court):
    client.force_login(coordinator)
    address = reverse("ledger:order-reply", args=[order.pk])
    lost = client.post(address, {"reply": "", "files": SimpleUploadedFile("还款协议.pdf", PDF)})
    page = lost.content.decode()
    assert ("还款协议.pdf" in page, "还在，保存时一并存入" in page) == (True, True)
    kept = [row.pk for row in lost.context["form"].kept_files["files"]]
    for _ in range(2):
        client.post(address, {"reply": "已达成协议", "kept_file": kept})
    made = OrderReply.objects.get()
    file = made.attachments.get()
    assert (made.number, made.words, file.name) == (1, "已达成协议", "还款协议.pdf")
    assert told(unit_leader) == [
        (f"{order.number} 已由{order.unit}回复，请审阅：已达成协议", reverse("ledger:order-detail", args=[order.pk]))
    ]
    link = reverse("ledger:attachment", args=[file.pk])
    for person, status in ((unit_leader, 200), (UserFactory(unit=court, leader=True), 404)):
        client.force_login(person)
        assert client.get(link).status_code == status
    client.force_login(unit_leader)
    assert link in client.get(reverse("ledger:order-detail", args=[order.pk])).content.decode()


def test_the_leader_accepts_and_the_unit_is_told(client, order, coordinator, unit_leader):
    reply(order, coordinator)
    client.force_login(unit_leader)
    page = client.get(reverse("ledger:order-detail", args=[order.pk])).content.decode()
    assert ("认可" in page, "退回重报" in page) == (True, True)
    for _ in range(2):
        client.post(reverse("ledger:order-judge", args=[order.pk]), {"number": 1, "verdict": "accept", "words": "很好"})
    order.refresh_from_db()
    assert (order.standing, order.replies.get().verdict_words) == ("已认可", "很好")
    assert [words for words, _ in told(coordinator)] == [f"{order.number} 的回复已认可：很好"]


def test_the_leader_sends_back_with_words_and_a_day_and_the_unit_answers_anew(client, order, coordinator, unit_leader):
    reply(order, coordinator, "正在办")
    client.force_login(unit_leader)
    address = reverse("ledger:order-judge", args=[order.pk])
    wanting = client.post(address, {"number": 1, "verdict": "return", "words": " ", "deadline": "2023-01-01"})
    page = wanting.content.decode()
    assert ("请写明为什么退回" in page, "早于今天" in page) == (True, True)
    until = timezone.localdate() + timedelta(days=10)
    SupervisionOrder.objects.filter(pk=order.pk).update(deadline=until)
    assert client.get(reverse("ledger:order-detail", args=[order.pk])).context["verdict"].likely == until
    given = {"number": 1, "verdict": "return", "words": "没有写还款日期", "deadline": until.isoformat()}
    for _ in range(2):
        client.post(address, given)
    order.refresh_from_db()
    assert (order.standing, order.reply, order.deadline) == ("退回重报", "", until)
    assert "没有写还款日期" in told(coordinator)[-1][0]
    assert SupervisionOrder.objects.unanswered().filter(pk=order.pk).exists()
    client.force_login(coordinator)
    assert "没有写还款日期" in client.get(reverse("ledger:order-detail", args=[order.pk])).content.decode()
    second = reply(order, coordinator, "6 月 30 日前还清")
    order.refresh_from_db()
    assert (second.number, order.standing) == (2, "待认可")
    text = "".join(one.text for one in Document(BytesIO(order_document(order))).paragraphs)
    assert ("正在办" in text, "退回重报：没有写还款日期" in text, "第 2 次回复6 月 30 日前还清" in text) == (
        True,
        True,
        True,
    )


def test_a_word_to_an_answer_that_stands_no_more_is_not_taken(order, coordinator, unit_leader, city_leader):
    now, day = timezone.now(), timezone.localdate()
    reply(order, coordinator, "先")
    send_back(order=order, actor=unit_leader, at=now, number=1, words="补材料", deadline=day)
    with pytest.raises(ChangedMeanwhileError, match="您的意见没有保存"):
        accept_reply(order=order, actor=city_leader, at=now, number=1)
    reply(order, coordinator, "后")
    accept_reply(order=order, actor=city_leader, at=now, number=2)
    with pytest.raises(ChangedMeanwhileError, match="已认可"):
        send_back(order=order, actor=unit_leader, at=now, number=2, words="再补", deadline=day)
    with pytest.raises(ChangedMeanwhileError):
        accept_reply(order=order, actor=city_leader, at=now, number=3)


@pytest.mark.parametrize("issuer", ["unit_leader", "city_leader", None, "gone"])
def test_whose_word_it_is(request, entry, police, court, coordinator, unit_leader, city_leader, issuer):
    """The issuer's, the city's; a unit's own leader's only of what nobody who is there has issued."""
    gone = UserFactory(leader=True, city=True)
    leader = gone if issuer == "gone" else request.getfixturevalue(issuer) if issuer else None
    order = issue(entry, leader)
    gone.is_active = False
    gone.save()
    reply(order, coordinator)
    order = SupervisionOrder.objects.select_related("issued_by", "unit").get(pk=order.pk)
    may = {person: judges(order, person) for person in (unit_leader, city_leader, coordinator)}
    assert may == {unit_leader: issuer != "city_leader", city_leader: True, coordinator: False}
    assert not judges(order, UserFactory(unit=court, leader=True))
    with pytest.raises(MoveRefusedError):
        accept_reply(order=order, actor=coordinator, at=timezone.now(), number=1)


def test_what_lost_its_object_is_not_sent_back_but_may_be_accepted(
    order, entry, coordinator, unit_leader, office, court
):
    reply(order, coordinator)
    move(entry, Action.TRANSFER, actor=office, lead_unit=court, note="由法院办理")
    with pytest.raises(MoveRefusedError, match="不能退回重报"):
        send_back(
            order=order, actor=unit_leader, at=timezone.now(), number=1, words="补", deadline=timezone.localdate()
        )
    accept_reply(order=order, actor=unit_leader, at=timezone.now(), number=1)
    order.refresh_from_db()
    assert order.standing == "已认可"


def test_an_order_sent_back_ends_with_what_it_is_about(order, entry, coordinator, unit_leader, office, court):
    reply(order, coordinator)
    now, day = timezone.now(), timezone.localdate()
    send_back(order=order, actor=unit_leader, at=now, number=1, words="补材料", deadline=day)
    move(entry, Action.TRANSFER, actor=office, lead_unit=court, note="由法院办理")
    order.refresh_from_db()
    assert order.standing == "已了结"


@pytest.mark.parametrize(
    ("query", "after"),
    [("waiting", "reply"), ("returned", "return"), ("accepted", "accept"), ("open", "return"), ("replied", "accept")],
)
def test_the_list_by_standing_and_its_words(client, order, coordinator, unit_leader, query, after):
    reply(order, coordinator)
    now, day = timezone.now(), timezone.localdate()
    if after == "return":
        send_back(order=order, actor=unit_leader, at=now, number=1, words="补", deadline=day)
    elif after == "accept":
        accept_reply(order=order, actor=unit_leader, at=now, number=1)
    client.force_login(unit_leader)
    page = client.get(reverse("ledger:order-list"), {"standing": query})
    order.refresh_from_db()
    assert ([row.pk for row in page.context["page"]], order.standing in page.content.decode()) == ([order.pk], True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_an_order_costs_the_same_for_any_number_of_answers(
    client, order, coordinator, unit_leader, rows, django_assert_num_queries
):
    for number in range(rows):
        reply(order, coordinator, f"第 {number} 次", files=[evidence()])
        if number + 1 < rows:
            day = timezone.localdate()
            send_back(order=order, actor=unit_leader, at=timezone.now(), number=number + 1, words="补", deadline=day)
    client.force_login(unit_leader)
    client.get(reverse("ledger:order-list"))
    with django_assert_num_queries(10):
        client.get(reverse("ledger:order-detail", args=[order.pk]))


def test_the_dashboard_counts_overdue_orders_by_unit_and_opens_exactly_these(
    client, police, court, city_leader, unit_leader
):
    day = timezone.localdate()
    for unit, count in ((police, 2), (court, 1)):
        for _ in range(count):
            made = issue(EntryFactory(unit=unit, state=EntryState.HANDLING), city_leader)
            SupervisionOrder.objects.filter(pk=made.pk).update(
                issued_on=day - timedelta(days=9), deadline=day - timedelta(days=1)
            )
    issue(EntryFactory(unit=police, state=EntryState.HANDLING), city_leader)  # in time
    client.force_login(city_leader)
    shown = client.get(reverse("reports:dashboard"))
    assert "督办单逾期未回复 3 份" in shown.content.decode()
    lines = shown.context["dashboard"].orders
    assert [(one.unit, one.count) for one in lines] == [(police.name, 2), (court.name, 1)]
    assert [client.get(one.url).context["page"].paginator.count for one in lines] == [2, 1]
    client.force_login(unit_leader)
    assert [(one.unit, one.count) for one in client.get(reverse("reports:dashboard")).context["dashboard"].orders] == [
        (police.name, 2)
    ]
