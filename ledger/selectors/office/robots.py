"""What the pages about robots show; never an address or a secret."""

from typing import Any
from urllib.parse import urlsplit

from django.db.models import OuterRef, Subquery

from common.books.sheets import Column
from ledger.models import MessageState, Robot, RobotMessage

COLUMNS = [
    Column("时间", lambda row: row.made_at, 18),
    Column("机器人", lambda row: row.robot.name, 20),
    Column("事项", lambda row: row.get_event_display(), 14),
    Column("状态", lambda row: row.get_state_display(), 10),
    Column("发送次数", lambda row: row.tries, 10),
    Column("发出时间", lambda row: row.sent_at, 18),
    Column("未发出的原因", lambda row: row.error, 36),
    Column("内容", lambda row: row.words, 60),
]


def robots(user: Any) -> list[Robot]:
    """Each with its `host`, and how its `last_message` went."""
    last = RobotMessage.objects.filter(robot=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    found: list[Any] = list(Robot.objects.visible_to(user).select_related("unit").annotate(last=Subquery(last)))
    messages = RobotMessage.objects.in_bulk([robot.last for robot in found if robot.last])
    for robot in found:
        robot.host = urlsplit(robot.url).hostname or ""
        robot.last_message = messages.get(robot.last)
        robot.failed = robot.last_message is not None and robot.last_message.state == MessageState.FAILED
    return found
