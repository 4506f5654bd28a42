"""Group robots, against a real server: what is sent, signed, tried again, kept secret."""

import base64
import hashlib
import hmac
import json
import logging
import threading
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from auditlog.models import LogEntry
from django.urls import reverse

from common.periods import SHANGHAI
from jobs.models import Job
from jobs.runner import run_job
from ledger.models import MessageState, ProblemEntry, Robot, RobotEvent, RobotMessage
from ledger.services.errors import FieldsRefusedError
from ledger.services.messages.robot_post import MOST_WORDS, shortened
from ledger.services.messages.robots import News, announce, check_address
from ledger.services.supervising.ladder import climb
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.tasks import ask_for_due_work
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
TOKEN = "0123456789abcdef0123456789abcdef"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"


class Platform(BaseHTTPRequestHandler):
    """Answers what the test has laid down, and keeps what it was sent."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, body))
        status, answer = self.server.answers.pop(0) if self.server.answers else (200, {"errcode": 0})
        raw = json.dumps(answer).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        """Nothing on the screen."""


@pytest.fixture
def platform(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = HTTPServer(("127.0.0.1", 0), Platform)
    server.heard, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def group(platform, **fields):
    url = f"http://127.0.0.1:{platform.server_port}/robot/send?access_token={TOKEN}"
    given = {"name": "样例群", "url": url, "is_active": True, "on_overdue": True, **fields}
    return Robot.objects.create(**given)


def tick(at):
    with time_machine.travel(at, tick=False):
        ask_for_due_work()
        while run_job():
            pass


def due(unit, deadline=date(2026, 11, 20)):
    entry = EntryFactory(unit=unit, registered_on=date(2026, 1, 5), state="handling")
    ProblemEntry.objects.filter(pk=entry.pk).update(deadline=deadline, deadline_basis="hand")
    entry.refresh_from_db()
    return entry


def texts(platform):
    return [body["text"]["content"] for _, body in platform.heard]


def test_ladder_tells_each_group_what_is_its_own_without_names_or_texts(platform, police, court):
    group(platform, name="全市群", on_escalated=True, on_order=True)
    group(platform, name="公安群", unit=police)
    group(platform, name="停用的群", is_active=False)
    first, second, third = due(police), due(court), due(court, date(2026, 11, 13))
    with time_machine.travel(MONDAY, tick=False):
        climb(at=MONDAY)
    tick(MONDAY)
    assert sorted(texts(platform)) == sorted(
        [
            f"【津市政法】2 件问题逾期\n· {first.number} {police.label}，逾期 1 个工作日\n"
            f"· {second.number} {court.label}，逾期 1 个工作日",
            f"【津市政法】1 件问题逾期提级\n· {third.number} {court.label}，逾期 6 个工作日",
            f"【津市政法】1 件问题逾期\n· {first.number} {police.label}，逾期 1 个工作日",
        ]
    )


def test_order_of_a_leader_is_announced_in_the_same_breath_and_sent_afterwards(platform, police, city_leader):
    group(platform, on_overdue=False, on_order=True)
    entry = due(police)
    order = issue_order(entry=entry, actor=city_leader, at=MONDAY, demand=Demand("限期办理", date(2026, 12, 1)))
    assert (platform.heard, RobotMessage.objects.get().state) == ([], MessageState.WAITING)
    tick(MONDAY)
    assert texts(platform) == [
        f"【津市政法】签发督办单 1 份\n· {order.number} {police} {entry.number}，2026年12月1日前回复"
    ]
    assert RobotMessage.objects.get().state == MessageState.SENT


def test_no_robot_in_use_writes_nothing(platform, police):
    group(platform, is_active=False)
    climb(at=MONDAY)
    assert announce(RobotEvent.OVERDUE, "{n}", [News(police.pk, "·")], MONDAY) == []
    assert not Job.objects.filter(kind="ledger.robots").exists()


def test_dingtalk_is_signed_by_the_moment_and_the_secret(platform, police):
    secret = "SECsample0123456789"
    group(platform, kind="dingtalk", secret=secret)
    announce(RobotEvent.OVERDUE, "{n} 件", [News(police.pk, "· 一件")], MONDAY)
    tick(MONDAY)
    asked = parse_qs(urlsplit(platform.heard[0][0]).query)
    stamp = str(round(MONDAY.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    assert asked == {"access_token": [TOKEN], "timestamp": [stamp], "sign": [base64.b64encode(digest).decode()]}
    assert platform.heard[0][1] == {"msgtype": "text", "text": {"content": "【津市政法】1 件\n· 一件"}}


def test_failure_is_tried_again_later_and_later_then_given_up(platform, police):
    group(platform)
    platform.answers = [(503, {})] * 9
    announce(RobotEvent.OVERDUE, "{n} 件", [News(police.pk, "· 一件")], MONDAY)
    waits = [0, 1, 5, 30, 120]
    at = MONDAY
    for tries, minutes in enumerate(waits, 1):
        tick(at + timedelta(minutes=minutes, seconds=-1))
        at += timedelta(minutes=minutes)
        tick(at)
        assert (len(platform.heard), RobotMessage.objects.get().tries) == (tries, tries)
    tick(at + timedelta(hours=3))
    message = RobotMessage.objects.get()
    assert (message.state, message.error, len(platform.heard)) == (MessageState.FAILED, "平台返回 HTTP 503", 5)


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        ((200, {"errcode": 0, "errmsg": "ok"}), "sent", ""),
        (
            (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
            "waiting",
            "平台返回 45009：发得太快，稍后自动再发（原文：api freq out of limit）",
        ),
        (
            (200, {"errcode": 310000, "errmsg": f"bad {TOKEN}"}),
            "failed",
            "平台返回 310000：与机器人的安全设置不符，请核对加签密钥、关键词和 IP 地址段（原文：bad ***）",
        ),
        ((200, "busy"), "waiting", "看不懂平台的答复"),
        ((302, {}), "failed", "平台返回 HTTP 302"),
        ((404, {}), "failed", "平台返回 HTTP 404"),
        ((429, {}), "waiting", "平台返回 HTTP 429"),
    ],
)
def test_answer_decides_what_comes_next(platform, police, answer, state, error):
    group(platform)
    platform.answers = [answer]
    announce(RobotEvent.OVERDUE, "{n} 件", [News(police.pk, "· 一件")], MONDAY)
    tick(MONDAY)
    message = RobotMessage.objects.get()
    assert (message.state, message.error, len(platform.heard)) == (state, error, 1)


def test_nobody_listening_is_said_in_our_words_and_the_address_is_in_no_log(platform, police, caplog):
    robot = group(platform)
    platform.shutdown()
    platform.server_close()
    caplog.set_level(logging.INFO)
    announce(RobotEvent.OVERDUE, "{n} 件", [News(police.pk, "· 一件")], MONDAY)
    tick(MONDAY)
    message = RobotMessage.objects.get(robot=robot)
    assert (message.state, message.error) == (MessageState.WAITING, "连不上平台，或答复中断")
    assert TOKEN not in caplog.text


def test_night_and_holiday_wait_for_the_next_working_morning(platform, police):
    group(platform)
    evening = datetime(2026, 9, 30, 20, tzinfo=SHANGHAI)
    announce(RobotEvent.OVERDUE, "{n} 件", [News(police.pk, "· 一件")], evening)
    assert RobotMessage.objects.get().due_at == datetime(2026, 10, 8, 8, tzinfo=SHANGHAI)
    tick(datetime(2026, 10, 3, 9, tzinfo=SHANGHAI))
    assert platform.heard == []
    tick(datetime(2026, 10, 8, 8, tzinfo=SHANGHAI))
    assert len(platform.heard) == 1


@pytest.mark.parametrize(
    ("kind", "url", "words"),
    [
        ("wecom", WECOM, None),
        ("dingtalk", DINGTALK, None),
        ("wecom", DINGTALK, "企业微信机器人的地址应在 qyapi.weixin.qq.com"),
        ("wecom", WECOM.replace("https", "http"), "https://"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/send?key=1", "应在"),
        ("wecom", "https://u:p@qyapi.weixin.qq.com/send?key=1", "不带端口和账号"),
        ("wecom", "https://qyapi.weixin.qq.com:8443/send?key=1", "不带端口和账号"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "没有 key"),
        ("dingtalk", "https://169.254.169.254/robot/send?access_token=1", "应在"),
        ("wecom", "https://[bad/send", "网址不对"),
    ],
)
def test_address_must_be_a_robots(kind, url, words):
    if words is None:
        check_address(kind, url)
        return
    with pytest.raises(FieldsRefusedError, match=words):
        check_address(kind, url)


def test_private_platform_is_allowed_by_the_settings(settings):
    settings.ROBOT_HOSTS = {"wecom": ["wecom.example.org"]}
    check_address("wecom", "https://wecom.example.org/cgi-bin/webhook/send?key=1")


def test_words_keep_within_what_the_platforms_take():
    cut = shortened("问题" * 1000)
    assert (len(cut.encode()) <= MOST_WORDS, cut[-2:]) == (True, "问…")


class TestPages:
    def typed(self, **fields):
        return {"name": "公安群", "kind": "dingtalk", "new_url": DINGTALK, "new_secret": "SECsample", **fields}

    def test_what_is_secret_goes_in_and_never_comes_out(self, client, admin):
        client.force_login(admin)
        client.post(reverse("ledger:robot-create"), self.typed(on_overdue="on"))
        robot = Robot.objects.get()
        assert (robot.url, robot.secret, robot.is_active, robot.events) == (DINGTALK, "SECsample", False, ["问题逾期"])
        url = reverse("ledger:robot-edit", args=[robot.pk])
        kept = client.post(url, self.typed(new_url="", new_secret="", version=1, name="城区群"), follow=True)
        stale = client.post(url, self.typed(version=1, name="又一个"))
        robot.refresh_from_db()
        assert (robot.name, robot.url, robot.secret, stale.status_code) == ("城区群", DINGTALK, "SECsample", 409)
        pages = [kept, stale, client.get(url), client.get(reverse("ledger:robot-list"))]
        trail = json.dumps(
            list(LogEntry.objects.values_list("changes", "object_repr", "additional_data")), ensure_ascii=False
        )
        shown = "".join(page.content.decode() for page in pages) + trail
        assert (TOKEN in shown, "SECsample" in shown, "城区群" in trail) == (False, False, True)

    def test_wrong_address_is_refused_at_its_field(self, client, admin):
        client.force_login(admin)
        page = client.post(reverse("ledger:robot-create"), self.typed(kind="wecom"))
        assert (page.status_code, Robot.objects.exists()) == (422, False)
        assert "企业微信机器人的地址应在 qyapi.weixin.qq.com" in page.content.decode()

    def test_try_out_says_how_it_went(self, client, admin, platform):
        client.force_login(admin)
        robot = group(platform, is_active=False)
        platform.answers = [(200, {"errcode": 93000, "errmsg": "invalid webhook url"})]
        client.post(reverse("ledger:robot-test", args=[robot.pk]))
        while run_job():
            pass
        page = client.get(reverse("ledger:robot-messages"), {"robot": robot.pk}).content.decode()
        assert "请从群里重新复制地址（原文：invalid webhook url）" in page
        assert texts(platform) == ["【津市政法】这是一条试发消息：机器人“样例群”可以收到提醒。"]

    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize(
        ("view", "queries"), [("robot-list", 8), ("robot-messages", 9), ("robot-messages-export", 7)]
    )
    def test_lists_cost_the_same_for_any_number(
        self, client, admin, police, rows, view, queries, django_assert_num_queries
    ):
        for number in range(rows):
            robot = Robot.objects.create(name=f"样例群{number}", url=WECOM, unit=police)
            RobotMessage.objects.create(robot=robot, event="test", words="试", made_at=MONDAY, due_at=MONDAY)
        client.force_login(admin)
        with django_assert_num_queries(queries):
            client.get(reverse(f"ledger:{view}"))
