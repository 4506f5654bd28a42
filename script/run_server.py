"""Runs the web server, the Celery worker and beat as one: one Ctrl-C stops all, one that dies is started again."""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"web": "网页服务", "worker": "后台任务", "beat": "定时任务"}
MAX_RESTARTS = 5
RESTART_WINDOW = 60.0
STOP_SECONDS = 15.0
READY_SECONDS = 60.0


class StopRequestedError(Exception):
    """Ctrl-C or SIGTERM."""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server", description="运行网页服务、后台任务和定时任务")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="端口，默认 8000")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只在本机；0.0.0.0 对局域网开放")
    return parser.parse_args()


def ensure_port_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            sys.exit(f"{port} 不是端口号，应在 1 到 65535 之间。")
        except PermissionError:
            sys.exit(f"没有权限使用端口 {port}，请换用 1024 以上的端口：script/server --port 8000")
        except OSError:
            sys.exit(
                f"端口 {port} 已被占用，可能已经有一个在运行。\n"
                f"请先停止它，或换一个端口：script/server --port {port + 1}"
            )


def commands(host: str, port: int) -> dict[str, list[str]]:
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "jinshi_zf"]
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:jinshi_zf.web"]
    quiet = ["--without-mingle", "--without-gossip", "--without-heartbeat", "--loglevel", "WARNING"]
    return {
        "web": [*gunicorn, "-b", f"{host}:{port}", "jinshi_zf.wsgi:application"],
        "worker": [*celery, "-q", "worker", "--pool", "prefork", "-c", "1", *quiet],
        "beat": [*celery, "-q", "beat", "--pidfile", "", "--loglevel", "WARNING"],
    }


def die_with_parent() -> None:
    """Children must not outlive this process, however it ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Family:
    """The processes, and when each was started again."""

    def __init__(self, lines: dict[str, list[str]]) -> None:
        self.lines = lines
        self.running: dict[str, subprocess.Popen] = {}
        self.restarts: dict[str, list[float]] = {name: [] for name in lines}

    def start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(
            self.lines[name],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches only us; we stop them in order
            preexec_fn=die_with_parent,
        )

    def revive(self) -> None:
        """Starts again what has died; gives up in words when it keeps dying."""
        for name, child in list(self.running.items()):
            if child.poll() is None:
                continue
            now = time.monotonic()
            recent = [moment for moment in self.restarts[name] if now - moment < RESTART_WINDOW]
            if len(recent) >= MAX_RESTARTS:
                sys.exit(f"{NAMES[name]}一分钟内停了 {len(recent) + 1} 次，已全部停止；原因见上面的日志。")
            print(f"{NAMES[name]}意外停止（代码 {child.returncode}），重新启动。", file=sys.stderr, flush=True)
            self.restarts[name] = [*recent, now]
            self.start(name)

    def stop(self) -> None:
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.running.values():
            try:
                child.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def wait_until_ready(family: Family, url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        family.revive()
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"网页服务 {READY_SECONDS:.0f} 秒内没有就绪，已停止；原因见上面的日志。")


def request_stop(signum: int, frame: FrameType | None) -> None:
    raise StopRequestedError


def main() -> None:
    options = parse_arguments()
    ensure_port_free(options.host, options.port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request_stop)
    family = Family(commands(options.host, options.port))
    try:
        prepared = subprocess.run(
            [sys.executable, "script/prepare.py"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
        )
        if prepared.returncode:
            sys.exit(prepared.stdout + "准备数据库没有完成，原因见上面。")
        for name in family.lines:
            family.start(name)
        address = f"http://{'localhost' if options.host in ('127.0.0.1', '0.0.0.0') else options.host}:{options.port}/"
        probe = f"http://{'127.0.0.1' if options.host == '0.0.0.0' else options.host}:{options.port}/accounts/login/"
        wait_until_ready(family, probe)
        print(f"{prepared.stdout}已就绪：{address}　（Ctrl-C 停止）", flush=True)
        while True:
            family.revive()
            time.sleep(0.5)
    except StopRequestedError:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        print("正在停止……", flush=True)
    finally:
        family.stop()
    print("已停止。", flush=True)


if __name__ == "__main__":
    main()
