"""Group robots: which there are, and what each is given to say. Nothing here waits for the network.

A message is a row made together with what it tells; `ledger.services.messages.robot_post` sends it afterwards. What
leaves for a group leaves the office's network: numbers, units, counts and days, never an enterprise, a problem's text
or a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Unit, User
from common.forms.conflicts import save_version
from jobs.services import enqueue
from ledger.calendar import working_calendar
from ledger.models import Robot, RobotEvent, RobotKind, RobotMessage
from ledger.services.errors import FieldsRefusedError
from ledger.worktime import next_working_moment

ROBOTS = "ledger.robots"
LINES = 20
HOSTS: Mapping[str, Sequence[str]] = {
    RobotKind.WECOM: ("qyapi.weixin.qq.com",),
    RobotKind.DINGTALK: ("oapi.dingtalk.com",),
}
TOKENS = {RobotKind.WECOM: "key", RobotKind.DINGTALK: "access_token"}


@dataclass(frozen=True)
class News:
    """One line about something of a unit's."""

    unit: int
    words: str


def check_address(kind: str, url: str) -> None:
    """Refuses what is not the address of a robot of this kind.

    Raises:
        FieldsRefusedError: not https, a host that is not allowed, no token.
    """
    hosts = (*HOSTS[kind], *settings.ROBOT_HOSTS.get(kind, []))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FieldsRefusedError({"new_url": "网址不对，请从群机器人的设置里整段复制"}) from error
    label = RobotKind(kind).label
    fault = ""
    if parts.scheme != "https" or parts.username or parts.password or port not in (None, 443):
        fault = "地址要以 https:// 开头，不带端口和账号"
    elif parts.hostname not in hosts:
        fault = f"{label}机器人的地址应在 {'、'.join(hosts)}"
    elif not parse_qs(parts.query).get(TOKENS[RobotKind(kind)]):
        fault = f"地址里没有 {TOKENS[RobotKind(kind)]}，请从{label}群机器人的设置里整段复制"
    if fault:
        raise FieldsRefusedError({"new_url": fault})


@transaction.atomic
def save_robot(*, pk: int | None, data: dict[str, Any], version: int | None = None) -> Robot:
    """Adds a robot or changes one; address and secret that are left empty stay as they are.

    Raises:
        FieldsRefusedError: the address is missing or not allowed, the name is taken.
        StaleVersionError: another admin saved it in between.
    """
    robot = Robot.objects.get(pk=pk) if pk else Robot()
    given = dict(data)
    url, secret, forget = given.pop("new_url"), given.pop("new_secret"), given.pop("forget_secret")
    for name, value in given.items():
        setattr(robot, name, value)
    robot.url = url or robot.url
    robot.secret = secret or ("" if forget or robot.kind != RobotKind.DINGTALK else robot.secret)
    if not robot.url:
        raise FieldsRefusedError({"new_url": "请粘贴机器人的地址"})
    check_address(robot.kind, robot.url)
    try:
        with transaction.atomic():
            save_version(robot, version) if pk else robot.save()
    except IntegrityError as error:
        raise FieldsRefusedError({"name": "已有同名的机器人，请换一个名称"}) from error
    return robot


def announce(event: RobotEvent, headline: str, news: Sequence[News], at: datetime) -> list[RobotMessage]:
    """Writes what each robot that wants to hear of `event` has to say about the units it is for; `headline` takes
    the number of lines as `{n}`. In the caller's transaction; no robot in use costs one query."""
    in_use = Q(unit=None) | Q(unit__is_active=True)
    heard = Robot.objects.filter(in_use, is_active=True, **{f"on_{event}": True})
    robots = list(heard.select_related("unit")) if news else []
    if not robots:
        return []
    paths = Unit.objects.paths()
    due_at = next_working_moment(at, working_calendar())
    rows = []
    for robot in robots:
        own = [one.words for one in news if robot.unit is None or paths[one.unit].startswith(str(robot.unit.path))]
        if own:
            words = told(headline.format(n=len(own)), own)
            rows.append(RobotMessage(robot=robot, event=event, words=words, made_at=at, due_at=due_at))
    made = RobotMessage.objects.bulk_create(rows)
    if made and due_at <= at:
        enqueue(kind=ROBOTS, key=ROBOTS)
    return made


def told(headline: str, lines: Sequence[str]) -> str:
    more = [f"……另有 {len(lines) - LINES} 条"] if len(lines) > LINES else []
    return "\n".join([f"【津市政法】{headline}", *lines[:LINES], *more])


@transaction.atomic
def try_out(*, robot: Robot, actor: User, at: datetime) -> RobotMessage:
    """One message at once, also of a robot not yet in use."""
    words = f"【津市政法】这是一条试发消息：机器人“{robot.name}”可以收到提醒。"
    message = RobotMessage.objects.create(
        robot=robot, event=RobotEvent.TEST, words=words, made_at=at, made_by=actor, due_at=at
    )
    enqueue(kind=ROBOTS, key=ROBOTS)
    return message
