"""Talents of the tests, a chat with the page open, and a port that remembers what it sent."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from bot.channels.web.visitor import ACCOUNT, Visitor, issue_token, new_subject
from bot.conversation.service import Channel, open_conversation
from bot.notices.sender import send_next
from bot.runtime import Runtime
from bot.talent.models import Education, Talent
from bot.talent.sealing import sealed_id, sealed_phone


def id_number(serial: int) -> str:
    """A resident number with a right checksum; serials differ in the last six."""
    body = f"3701021980{1 + serial // 900:02d}01{serial % 900 + 100:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


async def make_talent(rt: Runtime, *, name: str, number: str, phone: str | None, **more: Any) -> str:
    now = rt.clock.now()
    kept = sealed_id(rt, "身份证", number)
    telephone = sealed_phone(rt, phone) if phone else None
    values: dict[str, Any] = {"education": Education.DOCTOR, "region": "370102"} | more
    row = Talent(
        name=name,
        id_sealed=kept.sealed,
        id_fingerprint=kept.fingerprint,
        id_hint=kept.hint,
        phone_sealed=telephone.sealed if telephone else None,
        phone_fingerprint=telephone.fingerprint if telephone else None,
        phone_hint=telephone.hint if telephone else None,
        created_at=now,
        updated_at=now,
        **values,
    )
    async with rt.db.write() as session:
        session.add(row)
    return row.id


@dataclass
class Phones:
    """A provider: what came to which number."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, *, phone: str, text: str, key: str) -> None:
        self.sent.append((phone, text))

    async def close(self) -> None:
        return None

    async def receive(self, rt: Runtime) -> None:
        while await send_next(rt, port=self, jitter=lambda: 0.0):
            pass

    def code(self, phone: str) -> str:
        """The last one that came to a number."""
        found = [re.search(r"验证码 (\d{6})", text) for number, text in self.sent if number == phone]
        assert found and found[-1]
        return found[-1][1]


@dataclass
class Chat:
    """A web chat with its page open."""

    http: httpx.AsyncClient
    rt: Runtime
    phones: Phones
    conversation_id: str

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.http.post(f"/api/web/{path}", json=body or {})

    async def start(self, name: str, last6: str) -> httpx.Response:
        answer = await self.post("identity/start", {"name": name, "id_last6": last6, "consent": True})
        await self.phones.receive(self.rt)
        return answer

    async def confirm(self, code: str) -> httpx.Response:
        return await self.post("identity/confirm", {"code": code})

    async def prove(self, name: str, number: str, phone: str) -> dict[str, Any]:
        assert (await self.start(name, number[-6:])).status_code == 202
        return dict((await self.confirm(self.phones.code(phone))).raise_for_status().json())

    async def standing(self) -> dict[str, Any]:
        return dict((await self.http.get("/api/web/identity")).raise_for_status().json())

    async def messages(self) -> list[dict[str, Any]]:
        answer = await self.http.get("/api/web/history", params={"before": 10_000, "limit": 100})
        return list(answer.raise_for_status().json()["messages"])

    async def says(self, text: str) -> None:
        key = str(uuid4())
        answer = await self.http.post("/api/web/messages", json={"client_msg_id": key, "text": text})
        answer.raise_for_status()


async def open_chat(rt: Runtime, http: httpx.AsyncClient, phones: Phones) -> Chat:
    subject = new_subject()
    conversation_id = await open_conversation(
        rt, channel=Channel.WEB, account=ACCOUNT, external_user=subject, region=None
    )
    token, _ = issue_token(rt, Visitor(subject, conversation_id))
    http.headers["Authorization"] = f"Bearer {token}"
    return Chat(http, rt, phones, conversation_id)
