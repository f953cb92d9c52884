"""An action server whose answers the test decides."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Call = dict[str, Any]
Answer = dict[str, Any]


def said(text: str, *events: dict[str, Any]) -> Answer:
    """What an action that says one thing answers."""
    return {"events": list(events), "responses": [{"custom": {"content": {"paragraphs": [text]}}}]}


def silent(*events: dict[str, Any]) -> Answer:
    return {"events": list(events), "responses": []}


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


class FakeActions:
    """Unless told otherwise every action says its own name."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Callable[[Call], Answer | tuple[int, bytes]]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def names(self) -> list[str]:
        return [call["next_action"] for call in self.calls]

    def reset(self) -> None:
        self.calls.clear()
        self.headers.clear()
        self.answers.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        name = call["next_action"]
        answer = self.answers[name](call) if name in self.answers else said(name)
        if isinstance(answer, tuple):
            return answer
        return 200, json.dumps(answer).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # One write per answer: two small ones would wait for a delayed acknowledgement.
            wbufsize = 64 * 1024

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.headers.append({"path": self.path, **dict(self.headers.items())})
                status, answer = fake._answer(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
