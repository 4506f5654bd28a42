"""Sending what robots have to say: bounded in time, tried again later and later, nothing secret in what is kept."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests
from django.db.models import F
from urllib3.exceptions import HTTPError

from ledger.calendar import WorkingCalendar
from ledger.models import MessageState, Robot, RobotEvent, RobotMessage
from ledger.worktime import in_working_hours, next_working_moment

TIMEOUT = (5, 10)  # seconds to connect, and between two pieces of the answer
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_TRIES = len(WAITS) + 1
MOST_WORDS = 2000  # bytes of UTF-8: enterprise WeChat takes 2048
MOST_ANSWER = 65_536  # bytes
BUSY = {-1, 45009, 130101, 410100}  # the platforms' codes for “later”
# What to do about the platforms' commonest codes; their own words, in English, stand behind.
KNOWN = {
    -1: "平台忙，稍后自动再发",
    45009: "发得太快，稍后自动再发",
    130101: "发得太快，稍后自动再发",
    410100: "发得太快，稍后自动再发",
    93000: "机器人地址不对，或机器人已被移出群，请从群里重新复制地址",
    300001: "机器人地址不对，请从群里重新复制地址",
    400101: "机器人地址不对，请从群里重新复制地址",
    400102: "机器人在群里已停用，请在群里启用",
    310000: "与机器人的安全设置不符，请核对加签密钥、关键词和 IP 地址段",
}


@dataclass(frozen=True)
class Reply:
    """How it went: no error is success; `later`: worth another try."""

    error: str = ""
    later: bool = False


def send_due(clock: Callable[[], datetime], calendar: WorkingCalendar, guard: Callable[[], None]) -> dict[str, int]:
    """Sends every message whose time has come, oldest first; each once in this run."""
    due = RobotMessage.objects.filter(state=MessageState.WAITING, due_at__lte=clock())
    sent = failed = 0
    for message in due.select_related("robot__unit").order_by("pk"):
        guard()
        state = send(message, clock(), calendar)
        sent += state == MessageState.SENT
        failed += state == MessageState.FAILED
    return {"sent": sent, "failed": failed}


def send(message: RobotMessage, at: datetime, calendar: WorkingCalendar) -> str:
    """Takes the message, with its next try written down before this one, and sends it; gives back its state."""
    mine = RobotMessage.objects.filter(pk=message.pk, state=MessageState.WAITING, tries=message.tries)
    most = 1 if message.event == RobotEvent.TEST else MOST_TRIES
    if message.tries >= most:
        mine.update(state=MessageState.FAILED, error=message.error or "发送中断")
        return MessageState.FAILED
    if message.event != RobotEvent.TEST and not in_working_hours(at, calendar):
        mine.update(due_at=next_working_moment(at, calendar))
        return MessageState.WAITING
    if message.event != RobotEvent.TEST and not message.robot.hears(message.event):
        mine.update(state=MessageState.FAILED, error="机器人或它的单位已停用，或不再发这类消息，没有发出")
        return MessageState.FAILED
    wait = WAITS[min(message.tries, len(WAITS) - 1)]
    if not mine.update(tries=F("tries") + 1, due_at=at + wait):
        return MessageState.WAITING
    reply = post(message.robot, message.words, at)
    done = {"state": MessageState.SENT, "sent_at": at, "error": ""}
    if reply.error:
        over = not reply.later or message.tries + 1 >= most
        done = {"state": MessageState.FAILED if over else MessageState.WAITING, "error": reply.error[:200]}
    RobotMessage.objects.filter(pk=message.pk, state=MessageState.WAITING).update(**done)
    return str(done["state"])


def post(robot: Robot, words: str, at: datetime) -> Reply:
    """One request. What went wrong is said in our own words: exceptions of the library repeat the address."""
    body: dict[str, Any] = {"msgtype": "text", "text": {"content": shortened(words)}}
    try:
        with requests.post(signed(robot, at), json=body, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            return understood(answer.status_code, answer.raw.read(MOST_ANSWER, decode_content=True), robot)
    except requests.Timeout:
        return Reply("平台没有及时答复", later=True)
    except requests.exceptions.SSLError:
        return Reply("平台的证书不对", later=True)
    except (requests.RequestException, HTTPError, OSError):  # the answer is read below requests
        return Reply("连不上平台，或答复中断", later=True)


def understood(status: int, raw: bytes, robot: Robot) -> Reply:
    """Both platforms answer 200 with an `errcode`, 0 for success."""
    if status != 200:
        return Reply(f"平台返回 HTTP {status}", later=status >= 500 or status == 429)
    try:
        answer: Any = json.loads(raw)
        code = int(answer["errcode"])
    except (ValueError, KeyError, TypeError):
        return Reply("看不懂平台的答复", later=True)
    if code == 0:
        return Reply()
    said = discreet(str(answer.get("errmsg", "")), robot)[:120]
    words = f"{KNOWN[code]}（原文：{said}）" if code in KNOWN else said
    return Reply(f"平台返回 {code}：{words}", later=code in BUSY)


def discreet(words: str, robot: Robot) -> str:
    """Without anything of the robot's that is secret."""
    for part in (robot.secret, *urlsplit(robot.url).query.replace("&", "=").split("=")):
        if len(part) > 12:
            words = words.replace(part, "***")
    return words


def signed(robot: Robot, at: datetime) -> str:
    """The address, with DingTalk's 加签 where the robot has a secret: HMAC-SHA256 of the moment, by the secret."""
    if not robot.secret:
        return str(robot.url)
    stamp = str(round(at.timestamp() * 1000))
    digest = hmac.new(robot.secret.encode(), f"{stamp}\n{robot.secret}".encode(), hashlib.sha256).digest()
    joint = "&" if urlsplit(robot.url).query else "?"
    return f"{robot.url}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def shortened(words: str) -> str:
    raw = words.encode()
    return words if len(raw) <= MOST_WORDS else f"{raw[: MOST_WORDS - 3].decode(errors='ignore')}…"
