"""Papers: survey forms typed by hand and put right, orders answered and judged, the amount people are asked about."""

from random import Random

from ledger.models import Attachment, ProblemEntry, SupervisionOrder, SurveyForm
from tests.crossing.entry_steps import said, went
from tests.crossing.forms import AMOUNTS, filled, paper, ticked, words
from tests.crossing.invariants import Snapshot
from tests.crossing.steps import Done, step
from tests.crossing.world import NO_SUCH, NothingToDoError, World, one_of

ASKED = ((0, "", ""), (0, "无", ""), (1, "{}", ""), (2, "1．{}；\n2．{}。", "items"), (1, "1．{}；\n2．{}。", "whole"))


@step(5)
def survey(world: World, rng: Random) -> Done:
    """Each request becomes one entry, once, though the form is sent twice."""
    person = one_of(rng, [one for one in world.staff() if one.can("survey.edit")])
    shown = world.get(person, "ledger:survey-create")
    count, text, parts = rng.choice(ASKED)
    text = text.format(words(rng) + "，请帮助解决", words(rng) + "，请帮助协调")
    day = world.today.replace(day=1 + rng.randrange(world.today.day)).isoformat()
    fixed = {
        "enterprise": world.firm(rng).pk, "visited_on": day, "appeal": text, "parts": parts,
        "category": world.category(rng).pk, "amount": rng.choice(["", *AMOUNTS]), "reason": "样例原因",
    }  # fmt: skip
    data = {**filled(shown.context["form"], rng, world.today, **fixed), "reason": "样例原因"}
    entries = ProblemEntry.objects.count()
    answer = world.post(person, "ledger:survey-create", data=data)
    if not went(answer) and rng.random() < 0.7 and (more := ticked(answer, data)):
        data, answer = more, world.post(person, "ledger:survey-create", data=more)
    made = ProblemEntry.objects.count() - entries
    assert made == (count if went(answer) else 0), f"调查表 {text!r}（{parts}）登记了 {made} 个问题，该是 {count} 个"
    before = Snapshot.now()
    if went(answer):
        world.post(person, "ledger:survey-create", data=data)
        assert not before.differences(), f"同一张调查表提交两次，又改了 {before.differences()[:5]}"
    return Done(f"{person}登记调查表 {count} 个诉求 {said(answer)}", refused=not went(answer))


@step(4)
def change_survey(world: World, rng: Random) -> Done:
    """Put right; a second form from the same page is refused, and its entries stay as many as they are."""
    person = one_of(rng, [one for one in world.staff() if one.can("survey.edit")])
    stored = one_of(rng, SurveyForm.objects.visible_to(person).order_by("pk"))
    shown = world.get(person, "ledger:survey-edit", stored.pk)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    had = stored.entries.count() if stored.appeal else None
    fixed = {"reason": "样例原因", "visited_on": stored.visited_on.isoformat()}
    data = {**filled(shown.context["form"], rng, world.today, **fixed), "reason": "样例原因"}
    answer = world.post(person, "ledger:survey-edit", stored.pk, data=data)
    if went(answer):
        assert had is None or stored.entries.count() == had, f"{stored} 改了以后，诉求的问题多了或少了"
        before = Snapshot.now()
        second = world.post(person, "ledger:survey-edit", stored.pk, data={**data, "suggestion": "另一份建议"})
        assert not went(second), f"调查表 {stored.pk} 从旧页面又改了一次"
        assert not before.differences()
    return Done(f"{person}改调查表 {stored.pk} {said(answer)}", refused=not went(answer))


# ---- orders ----


@step(4)
def answer_order(world: World, rng: Random) -> Done:
    """Signed for and answered, mostly with files; the same twice is one answer with its files once."""
    order = one_of(rng, SupervisionOrder.objects.filter(replied_on=None, ended_on=None).order_by("pk"))
    clerks = [one for one in world.active(role="coordinator") if one.unit_id == order.unit_id]
    person = one_of(rng, clerks if clerks and rng.random() < 0.7 else world.staff())
    world.post(person, "ledger:order-acknowledge", order.pk, data={})
    count, kept = order.replies.count(), Attachment.objects.count()
    files = rng.randrange(2)
    data = {"reply": words(rng)}
    sent = {**data, "files": [paper()]} if files else data
    answer = world.post(person, "ledger:order-reply", order.pk, data=sent)
    if went(answer):
        before = Snapshot.now()
        world.post(person, "ledger:order-reply", order.pk, data={**data, "files": [paper()]} if files else data)
        assert not before.differences(), f"{order.number} 同样的回复提交两次，又改了 {before.differences()[:5]}"
    got = (order.replies.count() - count, Attachment.objects.count() - kept)
    wanted = (1, files) if went(answer) else (0, 0)
    assert got == wanted, f"{order.number} 回复 {got[0]} 次、附件 {got[1]} 个，该是 {wanted}"
    return Done(f"{person}回复 {order.number} {said(answer)}")


@step(4)
def judge_order(world: World, rng: Random) -> Done:
    """Accepted or sent back; another word from the same page is refused."""
    order = one_of(rng, SupervisionOrder.objects.filter(accepted_on=None).exclude(replied_on=None).order_by("pk"))
    may = [one for one in world.staff() if one.can("supervision.issue")]
    near = [one for one in may if one.pk == order.issued_by_id or one.sees_all]
    person = one_of(rng, near if near and rng.random() < 0.7 else may)
    shown = world.get(person, "ledger:order-detail", order.pk)
    if shown.status_code in NO_SUCH or not shown.context["verdict"]:
        raise NothingToDoError
    word = rng.choice(["accept", "return"])
    data = {**filled(shown.context["verdict"], rng, world.today, words=words(rng)), "verdict": word}
    answer = world.post(person, "ledger:order-judge", order.pk, data=data)
    if went(answer):
        before = Snapshot.now()
        other = {**data, "verdict": "return" if word == "accept" else "accept", "words": "另一个意见"}
        second = world.post(person, "ledger:order-judge", order.pk, data=other)
        assert not before.differences(), f"{order.number} 从旧页面又给了一个意见：{said(second)}"
    return Done(f"{person}审阅 {order.number} {word} {said(answer)}", refused=not went(answer))


@step(1)
def change_amount_rule(world: World, rng: Random) -> Done:
    """From which amount on people are asked; the same page a second time is refused."""
    shown = world.get(world.admins[0], "ledger:money-rule")
    asked = rng.choice(["5000.00", "10000.00", "30000.00", "100000000.00"])
    data = filled(shown.context["form"], rng, world.today, ask_from=asked)
    answer = world.post(world.admins[0], "ledger:money-rule", data=data)
    if went(answer):
        before = Snapshot.now()
        second = world.post(world.admins[1], "ledger:money-rule", data={**data, "ask_from": "70000.00"})
        assert not went(second), "金额规则从旧页面又改了一次"
        assert not before.differences()
    return Done(f"金额规则改为 {asked} {said(answer)}", refused=not went(answer))
