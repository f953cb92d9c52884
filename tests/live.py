"""The real service in processes of its own: app, engine, a folder, free ports on loopback."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bot.settings import PROJECT
from bot.supervisor import engine_python

WAIT_S = 90.0


def wait_until(condition: Callable[[], Any], *, what: str, timeout_s: float = WAIT_S) -> Any:
    """Ask again until the condition gives something true; AssertionError after the time-out."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout_s:g} s in vain: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveService:
    """One app process and one engine process. `more` adds settings, e.g. a PostgreSQL address."""

    home: Path
    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    second_port: int | None = None  # of a second app process, on PostgreSQL
    engine_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)  # by user name

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUICAI_")}
        return {
            **kept,
            "HUICAI_HOME": str(self.home),
            "HUICAI_PORT": str(self.port),
            "HUICAI_ENGINE_PORT": str(self.engine_port),
            "RASA_TELEMETRY_ENABLED": "false",
            **self.more,
            **more,
        }

    def prepare(self, model: Path) -> str:
        """Database, knowledge, demo accounts; returns what was printed (the passwords)."""
        (self.home / "models").mkdir(parents=True, exist_ok=True)
        shutil.copy(model, self.home / "models")
        printed = self.command("prepare")
        self.command("desk", "hours", "--always")  # tests run at any hour
        return printed

    def command(self, *words: str) -> str:
        """Run `huicai …` to its end; returns what it printed."""
        command = [sys.executable, "-m", "bot.cli", *words]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, command: list[str], **more: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=PROJECT, env=self.environment(**more), stdout=log, stderr=log
            )
        return self.processes[name]

    def start_engine(self) -> None:
        self.start("engine", [engine_python(), "-m", "bot.engine"])

    def start_app(self, name: str = "app", *, port: int | None = None) -> None:
        self.start(name, [sys.executable, "-m", "bot.app"], HUICAI_PORT=str(port or self.port))

    def start_all(self) -> None:
        self.start_engine()
        self.start_app()
        self.wait_ready()

    def wait_ready(self, port: int | None = None) -> None:
        def ready() -> bool:
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} died:\n{self.log_of(name)[-3000:]}"
            try:
                return httpx.get(f"http://127.0.0.1:{port or self.port}/readyz").status_code == 200
            except httpx.HTTPError:
                return False

        wait_until(ready, what="/readyz")

    def kill(self, name: str) -> None:
        """SIGKILL: the process gets no chance to tidy up."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def log_of(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def passwords_in(printed: str) -> dict[str, str]:
    """User name → password from what `huicai prepare` prints on its first run."""
    lines = [line.split() for line in printed.splitlines() if line.startswith("  ")]
    return {words[0]: words[1] for words in lines if len(words) >= 3}


class Talent:
    """A person in the web chat, over HTTP."""

    def __init__(self, service: LiveService, *, port: int | None = None, region: str | None = None) -> None:
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{port or service.port}", timeout=30, trust_env=False
        )
        opened = self.client.post("/api/web/session", json={"region": region} if region else {})
        self.token = opened.raise_for_status().json()["token"]
        self.conversation_id = opened.json()["conversation_id"]
        self.client.headers["Authorization"] = f"Bearer {self.token}"
        self.seq = 0

    def send(self, text: str, *, key: str | None = None) -> dict[str, Any]:
        body = {"client_msg_id": key or str(uuid4()), "text": text}
        answer: dict[str, Any] = self.client.post("/api/web/messages", json=body).raise_for_status().json()
        return answer

    def press(self, message: dict[str, Any], title: str) -> dict[str, Any]:
        titles = [button["title"] for button in message["content"]["buttons"]]
        button = {"message_id": message["id"], "index": titles.index(title)}
        body = {"client_msg_id": str(uuid4()), "button": button}
        answer: dict[str, Any] = self.client.post("/api/web/messages", json=body).raise_for_status().json()
        return answer

    def send_file(self, name: str, data: bytes) -> httpx.Response:
        params = {"name": name, "key": str(uuid4())}
        return self.client.post("/api/web/files", params=params, content=data)

    def read(self) -> list[dict[str, Any]]:
        """What was said after everything read so far, once the assistant has finished."""
        said: list[dict[str, Any]] = []

        def finished() -> bool:
            page = self.client.get("/api/web/events", params={"after": self.seq, "mode": "poll"})
            answer = page.raise_for_status().json()
            said.extend(answer["messages"])
            self.seq = said[-1]["seq"] if said else self.seq
            return not answer["state"]["thinking"] and answer["state"]["last_seq"] <= self.seq

        wait_until(finished, what="an answer")
        return said

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Send and return what was said in answer."""
        self.seq = max(self.seq, self.send(text)["seq"])
        return self.read()

    def state(self) -> dict[str, Any]:
        page = self.client.get("/api/web/history", params={"before": 1})
        state: dict[str, Any] = page.raise_for_status().json()["state"]
        return state


def text_of(messages: list[dict[str, Any]]) -> str:
    return json.dumps([message["content"] for message in messages], ensure_ascii=False)
