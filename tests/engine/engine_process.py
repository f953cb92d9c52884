"""The real engine in its own environment, driven over its route."""

import json
import os
import subprocess
import uuid
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / ".venv-engine" / "bin" / "python"
ENGINE_SECRET = "engine-secret-of-the-tests"
ACTIONS_SECRET = "actions-secret-of-the-tests"


def run_python(*arguments: str, timeout_s: float = 240, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the engine environment's interpreter and wait for it."""
    return subprocess.run(
        [str(PYTHON), *arguments],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | env,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def check(script: str, *arguments: str, **env: str) -> str:
    """Run a script there; its assertions are the test's."""
    result = run_python("-c", script, *arguments, **env)
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


class EngineProcess:
    def __init__(self, *, home: Path, port: int, actions_port: int) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}/turn"
        secrets = {"engine": ENGINE_SECRET, "actions": ACTIONS_SECRET}
        (home / "secrets.json").write_text(json.dumps(secrets))
        self.log = home / "engine.log"
        self._log_file = self.log.open("w")
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", "bot.engine"],
            cwd=PROJECT,
            env=os.environ
            | {
                "HUICAI_HOME": str(home),
                "HUICAI_PORT": str(actions_port),
                "HUICAI_ENGINE_PORT": str(port),
            },
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        assert "ready" in self.first_line, self.log.read_text()[-3000:]
        self.client = httpx.Client(headers={"X-Huicai-Engine": ENGINE_SECRET}, timeout=60)

    def stop(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(timeout=30)
        self._log_file.close()

    def post(self, body: dict[str, Any]) -> httpx.Response:
        return self.client.post(self.url, json=body)


class Chat:
    """A conversation that carries its state from turn to turn, as the app does."""

    def __init__(self, engine: EngineProcess) -> None:
        self.engine = engine
        self.conversation_id = uuid.uuid4().hex
        self.state: dict[str, Any] | None = None
        self.turns = 0

    def request(
        self, text: str | None = None, *, payload: str | None = None, **context: Any
    ) -> dict[str, Any]:
        return {
            "turn_id": f"{self.conversation_id}-{self.turns}",
            "conversation_id": self.conversation_id,
            "text": text,
            "payload": payload,
            "state": self.state,
            "context": {"channel": "web", "region": "370000", "outcome": None} | context,
        }

    def say(self, text: str | None = None, **rest: Any) -> dict[str, Any]:
        response = self.engine.post(self.request(text, **rest))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        self.state = answer["state"]
        self.turns += 1
        return answer

    def refused(self, text: str | None = None, **rest: Any) -> tuple[int, str]:
        response = self.engine.post(self.request(text, **rest))
        return response.status_code, response.json()["error"]["code"]


def texts(answer: dict[str, Any]) -> list[str]:
    """What was said: static texts, or the first paragraph of a Reply."""
    return [
        message.get("text") or message["custom"]["content"]["paragraphs"][0] for message in answer["messages"]
    ]
