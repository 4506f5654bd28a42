"""督办单: one that is overdue unanswered, one sent back, one whose answer waits for the leader, and a new one."""

from datetime import timedelta

from auditlog.context import set_actor

from jinshi_zf.demo.world import World, at, evidence
from ledger.models import ProblemEntry
from ledger.services.supervising.replies import reply_to_order, send_back
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import EntryState

DEMAND = "请查明还没有办结的原因，与企业商定解决办法和完成时间，限期书面回复。"
REPLY = "已约谈对方负责人两次，对方同意分三期支付，本周内签订还款协议。"
DAYS = (5, 4, 3, 0)  # ago, issued to the entries that are due first


def press(world: World) -> None:
    """The leader presses the unit about what was due first; what was asked for longest ago is overdue unanswered."""
    leader, clerk, today = world.people["leader"], world.people["coordinator"], world.today
    working = ProblemEntry.objects.filter(lead_unit=leader.unit, state__in=EntryState.WORKING)
    orders = []
    for entry, ago in zip(working.order_by("deadline", "pk")[: len(DAYS)], DAYS, strict=False):
        due = today - timedelta(days=1) if ago == DAYS[0] else world.calendar.add(today, 5)
        with set_actor(leader):
            demand = Demand(DEMAND, due)
            orders.append(issue_order(entry=entry, actor=leader, at=at(today - timedelta(days=ago)), demand=demand))
    if len(orders) < len(DAYS):
        return
    _, returned, waiting, _ = orders
    with set_actor(clerk):
        before = at(today - timedelta(days=2))
        reply_to_order(order=returned, actor=clerk, at=before, reply="正在协调，尽快解决。")
        reply_to_order(order=waiting, actor=clerk, at=before, reply=REPLY, files=(evidence(),))
    words, anew = "请写明与谁商谈、付款日期和金额", world.calendar.add(today, 3)
    with set_actor(leader):
        send_back(order=returned, actor=leader, at=at(today), number=1, words=words, deadline=anew)
