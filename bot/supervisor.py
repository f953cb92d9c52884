"""`huicai serve`: app and engine side by side, either started again when it dies."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field

from bot.settings import PROJECT, Settings, load_secrets

RESTART_DELAYS_S = (0.5, 1.0, 2.0, 5.0)
STEADY_AFTER_S = 30.0  # a child that lived this long starts its delays anew
STOP_WITHIN_S = 8.0
PAGES = {
    "在线咨询": "/",
    "专员工作台": "/desk/",
    "业务办理": "/office/",
    "运营后台": "/console/",
    "接口文档": "/docs",
    "运行状态": "/healthz",
}
_PR_SET_PDEATHSIG = 1


def engine_python() -> str:
    return str(PROJECT / ".venv-engine" / "bin" / "python")


def environment(settings: Settings) -> dict[str, str]:
    """What both children see: the same folder and ports, and no telemetry."""
    return {
        **os.environ,
        "HUICAI_HOME": str(settings.home),
        "HUICAI_PORT": str(settings.port),
        "HUICAI_ENGINE_PORT": str(settings.engine_port),
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # deprecations inside Rasa's pinned libraries help nobody here
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def _die_with_parent() -> None:
    # Without it, a killed supervisor leaves children that hold the ports.
    ctypes.CDLL("libc.so.6").prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    name: str
    command: list[str]
    settings: Settings
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT,
            env=environment(self.settings),
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def tend(self, now: float) -> None:
        """Start the child when due; notice its death and plan the next start."""
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.deaths = 1 if now - self.started > STEADY_AFTER_S else self.deaths + 1
        delay = RESTART_DELAYS_S[min(self.deaths, len(RESTART_DELAYS_S)) - 1]
        print(f"{self.name} 已退出（{code}），{delay:g} 秒后重新启动", file=sys.stderr, flush=True)
        self.process, self.due = None, now + delay

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def reap(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def children(settings: Settings) -> list[Child]:
    return [
        Child("问答引擎", [engine_python(), "-m", "bot.engine"], settings),
        Child("应用", [sys.executable, "-m", "bot.app"], settings),
    ]


def supervise(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; then end both children."""
    load_secrets(settings.home)  # generated here, so that two children never race to do it
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    tended = children(settings)
    threading.Thread(target=_announce_ready, args=(settings, stopping), daemon=True).start()
    while not stopping.wait(0.2):
        for child in tended:
            child.tend(time.monotonic())
    for child in tended:
        child.stop()
    deadline = time.monotonic() + STOP_WITHIN_S
    for child in tended:
        child.reap(deadline)


def _announce_ready(settings: Settings, stopping: threading.Event) -> None:
    """Print the addresses once everything answers."""
    base = f"http://{settings.host}:{settings.port}"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever HTTP_PROXY says
    while not stopping.wait(0.3):
        try:
            with direct.open(f"{base}/readyz", timeout=3):
                break
        except OSError:
            continue
    else:
        return
    for label, path in PAGES.items():
        print(f"  {label:<6}　{base}{path}", flush=True)
    if settings.notice_outbox and not settings.sms_url:
        print(f"  短信样例　{settings.notice_outbox}/（验证码写在这里，没有真的发出）", flush=True)
    print("服务已就绪，按 Ctrl+C 停止。", flush=True)
