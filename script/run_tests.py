"""The whole suite: what scripts compute, then on SQLite, again on PostgreSQL and Redis, then in a browser. One failure
fails all; nothing is left out in silence."""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parent))
import servers

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
Answer = int | str  # pytest's exit code, or in words why it could not run


def pytest(arguments: list[str], expression: str, environment: dict[str, str] | None = None) -> int:
    line = [sys.executable, "-m", "pytest", "-q", *arguments]
    if expression:
        line += ["-k", expression]
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    # Compiled modules are kept: each of a hundred processes would compile everything again.
    inherited |= {"DJANGO_SETTINGS_MODULE": "jinshi_zf.settings_test", "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        line, cwd=ROOT, env=inherited | (environment or {}), stdin=subprocess.DEVNULL, check=False
    ).returncode


def worst(codes: list[int]) -> int:
    """The first failure; “nothing collected” only if that is all there was."""
    failed = [code for code in codes if code not in (0, NOTHING_COLLECTED)]
    if failed:
        return failed[0]
    return 0 if 0 in codes else NOTHING_COLLECTED


def in_node(expression: str) -> Answer:
    """What scripts compute, by node's own runner; a word of the name stands for pytest's expression."""
    line = [str(ROOT / "script/node"), "--test", "--test-reporter=spec", f"--test-name-pattern={expression or '.'}"]
    files = sorted(str(path) for path in (ROOT / "tests/js").glob("*.test.js"))
    ran = subprocess.run([*line, *files], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    told = ran.stdout.decode() + ran.stderr.decode()
    print(told, flush=True)
    passed = re.search(r"^\S+ pass (\d+)$", told, re.MULTILINE)
    if ran.returncode == 0 and (not files or not passed or passed[1] == "0"):
        return NOTHING_COLLECTED
    return ran.returncode


def plain_and_services(expression: str, environment: dict[str, str]) -> int:
    """Two processes each; those of the services mostly wait for their workers, and not beside tests that fill both
    processors: what they prove depends on leases of two seconds."""
    # Not worksteal: it may give a process ordinary tests after those that really commit and empty its tables.
    plain = ["-n", "2", "--dist", "load", "-m", "not browser and not services"]
    services = ["-n", "2", "--dist", "loadfile", "-m", "services", "tests/services"]
    return worst([pytest(line, expression, environment) for line in (plain, services)])


def without_servers() -> dict[str, str]:
    return {"TEST_DATABASE_URL": "", "TEST_REDIS_URL": ""}


def on_sqlite(expression: str) -> Answer:
    """SQLite and the broker made of files: what the embedded mode runs on."""
    return plain_and_services(expression, without_servers())


def on_postgres(expression: str) -> Answer:
    """PostgreSQL, Redis and a real worker process: what production runs on."""
    try:
        with servers.postgres() as database, servers.redis() as redis:
            given = {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": redis, "SECOND_ENGINE": "1"}
            if not os.environ.get("TEST_DATABASE_URL"):
                given["TEST_DATABASE_TEMPLATE"] = migrated_template(database)
            return plain_and_services(expression, given)
    except Exception as error:
        return (
            f"PostgreSQL 或 Redis 没有启动（{type(error).__name__}: {error}）。\n"
            "请安装并启动它们，用 TEST_DATABASE_URL=postgres://… 和 TEST_REDIS_URL=redis://… 给出地址后重试。"
        )


def migrated_template(url: str) -> str:
    """A migrated database on our own server, for the test processes to copy: migrating takes longer than most tests."""
    name = "jinshi_template"
    program = (
        "import psycopg, sys\n"
        "with psycopg.connect(host=sys.argv[1], user='postgres', dbname='postgres', autocommit=True) as c:\n"
        f"    c.execute('CREATE DATABASE {name}')"
    )
    subprocess.run([sys.executable, "-c", program, url.split("host=")[1]], check=True)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "jinshi_zf.settings_test"}
    environment["DATABASE_URL"] = url.replace("/postgres?", f"/{name}?")
    line = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
    subprocess.run(line, cwd=ROOT, env=environment, check=True)
    return name


def find_browser() -> str:
    """An installed Chromium, or Playwright's own download, or Debian's package; empty when none can be had."""
    installed = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if installed:
        return installed
    print("本机没有 Chromium：下载 Playwright 自带的版本", flush=True)
    download = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    if os.geteuid() != 0:
        download.remove("--with-deps")
    if quiet(download) and launches(""):
        return "playwright"
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print("下载不成，改用系统软件包 chromium", flush=True)
    apt = [*sudo, "apt-get"]
    if quiet([*apt, "update", "-qq"]) and quiet([*apt, "install", "-y", "-qq", "chromium", "fonts-noto-cjk"]):
        return shutil.which("chromium") or ""
    return ""


def launches(path: str) -> bool:
    program = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: p.chromium.launch(args=['--no-sandbox']).close()"
    )
    return quiet([sys.executable, "-c", program])


def quiet(line: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            line, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=600
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def in_a_browser(expression: str) -> Answer:
    """Journeys of a person on a phone and at a desk."""
    if not find_browser():
        return (
            "没有可用的 Chromium。请安装：apt-get install chromium fonts-noto-cjk（或设 CHROMIUM=浏览器路径）后重试。"
        )
    return pytest(["-m", "browser", "tests/browser"], expression, without_servers())


PARTS: dict[str, tuple[str, Callable[[str], Answer]]] = {
    "js": ("脚本的计算", in_node),
    "sqlite": ("SQLite 与内置队列", on_sqlite),
    "postgres": ("PostgreSQL、Redis 与后台进程", on_postgres),
    "browser": ("浏览器", in_a_browser),
}


def interrupted(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)  # an exit, so that the servers we started are stopped


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/test", description="运行全部测试")
    parser.add_argument("-k", dest="expression", default="", help="只运行名字相符的测试")
    parser.add_argument("--only", choices=PARTS, help="只运行其中一部分")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    outcome: dict[str, Answer] = {}
    started = time.monotonic()
    for name, (label, part) in PARTS.items():
        if options.only in (None, name):
            print(f"\n== {label} ==", flush=True)
            outcome[name] = part(options.expression)
    print()
    for name, answer in outcome.items():
        words = {0: "通过", NOTHING_COLLECTED: "没有名字相符的测试"}.get(answer, "未通过")
        print(f"{PARTS[name][0]}：{answer if isinstance(answer, str) else words}")
    print(f"用时 {time.monotonic() - started:.0f} 秒", flush=True)
    good = {0, NOTHING_COLLECTED} if options.expression else {0}
    if not set(outcome.values()) <= good or set(outcome.values()) == {NOTHING_COLLECTED}:
        sys.exit(1)


if __name__ == "__main__":
    main()
