"""督办单 on paper: the order in official form, with what was answered and said to it."""

from datetime import date

from common.books.documents import OfficialDocument
from ledger.models import ProblemEntry, ReplyVerdict, SupervisionOrder
from ledger.moves.facts import Fact, day_told
from ledger.states import Action

COMES_BACK = (Action.SEND_BACK, Action.REOPEN, Action.REINSTATE, Action.UNMERGE)
SIGNED = "中共津市市委政法委员会"


def order_document(order: SupervisionOrder) -> bytes:
    """The order as a Word file in official form."""
    entry = order.entry
    document = OfficialDocument("督 办 单", number=order.number)
    document.addressee(str(order.unit))
    subject = entry.enterprise or entry.project
    document.body(
        f"你单位牵头办理的{f'{subject}反映的' if subject else ''}“{entry.title}”问题（台账编号 {entry.number}），"
        f"登记于 {chinese(entry.registered_on)}，办理期限 {chinese(entry.deadline)}{came_back(entry)}。现予督办。"
    )
    document.heading("一、督办要求")
    document.body(order.demand)
    document.heading("二、办理时限")
    document.body(f"请于 {chinese(order.deadline)}前书面回复办理情况。")
    document.signature(SIGNED, order.issued_on)
    if order.ended_on:
        document.body(f"（{chinese(order.ended_on)}了结：{order.ended_because}。）")
    for reply in order.replies.order_by("number"):
        document.heading("回复" if reply.number == 1 else f"第 {reply.number} 次回复")
        document.body(reply.words)
        if files := "、".join(reply.attachments.values_list("name", flat=True)):
            document.body(f"附件：{files}")
        document.signature(str(order.unit), reply.replied_on)
        if reply.verdict != ReplyVerdict.WAITING:
            words = f"：{reply.verdict_words}" if reply.verdict_words else ""
            document.body(f"（{chinese(reply.verdict_on)}{reply.verdict_by}{reply.get_verdict_display()}{words}）")
    return document.to_bytes()


def came_back(entry: ProblemEntry) -> str:
    """How an entry came back to be handled the last time, with what became of its deadline; empty if it never did."""
    event = entry.events.filter(action__in=COMES_BACK).order_by("-seq").first()
    if event is None:
        return ""
    was = day_told(event.data, Fact.WAS_DEADLINE)
    return f"（{chinese(event.happened_on)}{event.get_action_display()}{f'，原期限 {chinese(was)}' if was else ''}）"


def chinese(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "未定"
