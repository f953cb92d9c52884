"""A specialist at the desk, over HTTP, for conversations that need a person."""

from typing import Any
from uuid import uuid4

import httpx

from tests.live import LiveService

USERNAME = "zhuguan"  # sees every chat, wherever the talent is
NEW_PASSWORD = "a-long-enough-password"


class Specialist:
    """Logs in; the first time the printed password has to be replaced, as for everybody."""

    def __init__(self, service: LiveService) -> None:
        origin = {"Origin": service.url}
        self.client = httpx.Client(base_url=service.url, timeout=30, trust_env=False, headers=origin)
        body = {"username": USERNAME, "password": service.passwords[USERNAME]}
        entered = self.client.post("/api/staff/login", json=body).raise_for_status().json()
        self.client.headers["X-CSRF-Token"] = entered["csrf"]
        self.name = str(entered["staff"]["name"])
        if entered["staff"]["must_change_password"]:
            change = {"current": service.passwords[USERNAME], "new": NEW_PASSWORD}
            self.client.post("/api/staff/password", json=change).raise_for_status()
            service.passwords[USERNAME] = NEW_PASSWORD

    def does(self, conversation_id: str, deed: str, body: dict[str, Any]) -> dict[str, Any]:
        """`claim`, `messages`, `return`, `end` … as docs/desk.md has them under "Desk HTTP"."""
        if deed == "messages":
            body = {"client_msg_id": str(uuid4()), "based_on_seq": 0, "force": True, **body}
        answer = self.client.post(f"/api/desk/chats/{conversation_id}/{deed}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}
