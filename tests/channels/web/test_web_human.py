"""The way to a person in the web chat, call by call."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from bot.channels.limits import FILES_PER_VISITOR
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import Admission, NoDesk
from bot.conversation.file_content import MAX_BYTES
from bot.conversation.service import keep_file, say_as_staff, typing
from bot.runtime import Runtime
from tests.channels.web.conftest import LIN, Visitor


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, format="PNG")
    return out.getvalue()


def code(response: httpx.Response) -> str:
    return str(response.json()["error"]["code"])


async def test_asking_shows_the_place_in_the_queue_until_it_is_left(visitor: Visitor) -> None:
    before = (await visitor.http.get("/api/web/human")).raise_for_status().json()
    assert before == {"guess": "政策咨询", "open": True, "opens_at": None, "position": None}
    key = str(uuid4())
    first = await visitor.asks(client_msg_id=key, category="待遇落实")
    assert (await visitor.asks(client_msg_id=key, category="待遇落实")) == first | {"duplicate": True}
    state = (await visitor.page())["state"]
    assert (state["control"], state["position"], state["staff_name"]) == ("queued", 1, None)
    assert (await visitor.handover()).category == "待遇落实"
    assert (await visitor.http.get("/api/web/human")).json()["position"] == 1
    wishes = [button["wish"] for button in (await visitor.last())["content"]["buttons"]]
    assert wishes == ["ticket", "cancel"]
    assert (await visitor.post("cancel-human", {})).status_code == 204
    seq = (await visitor.page())["state"]["last_seq"]
    assert (await visitor.post("cancel-human", {})).status_code == 204  # its first answer was lost
    state = (await visitor.page())["state"]
    assert (state["control"], state["last_seq"]) == ("bot", seq)


async def test_an_unknown_category_or_field_is_refused(visitor: Visitor) -> None:
    for more in ({"category": "别的"}, {"priority": 9}):
        response = await visitor.post("human", {"client_msg_id": str(uuid4()), **more})
        assert (response.status_code, code(response)) == (422, "invalid_request")


@dataclass
class ClosedDesk(NoDesk):
    async def admit(self, session: Any, rt: Runtime, *, conversation: Any, category: str) -> Admission:
        opens = rt.clock.now() + timedelta(hours=12)
        return Admission(open=False, why="hours", opens_at=opens, call_by=opens + timedelta(hours=4))


async def test_a_ticket_keeps_the_phone_out_of_the_log(visitor: Visitor, rt: Runtime) -> None:
    rt.parts["desk"] = ClosedDesk()
    outlook = (await visitor.http.get("/api/web/human")).json()
    assert outlook["open"] is False and outlook["opens_at"].endswith("Z")
    body = {
        "client_msg_id": str(uuid4()),
        "category": "手续代办",
        "phone": "13800138000",
        "when": "上午",
        "note": "惠才卡到期了，另一个号码是13900139000",
    }
    first = (await visitor.post("ticket", body)).raise_for_status().json()
    assert (await visitor.post("ticket", body)).json() == first | {"duplicate": True}
    ticket = await visitor.handover()
    assert (ticket.status, ticket.category) == ("ticketed", "手续代办")
    assert ticket.contact_token and ticket.contact_when and "上午" in ticket.contact_when
    page = await visitor.page()
    assert page["state"]["control"] == "bot"
    assert "13800138000" not in str(page) and "13900139000" not in str(page)
    assert "惠才卡到期了" in str(page)
    bad = await visitor.post("ticket", {"client_msg_id": str(uuid4()), "phone": "12345"})
    assert (bad.status_code, code(bad)) == (422, "bad_phone")
    assert "12345" not in bad.text


async def test_a_talk_with_a_person_read_marks_typing_hold_and_rating(visitor: Visitor, rt: Runtime) -> None:
    await visitor.asks()
    await visitor.staff(ControlEvent.PICK)
    await say_as_staff(rt, conversation_id=visitor.conversation_id, staff=LIN, client_key="1", text="您好")
    said = await visitor.last()
    assert (said["author"], said["author_name"], said["key"]) == ("staff", "林晓", None)
    assert (await visitor.post("seen", {"seq": said["seq"]})).status_code == 204
    assert (await visitor.post("seen", {"seq": 1})).status_code == 204
    assert (await visitor.page())["state"]["seen_by_talent"] == said["seq"], "it never goes back"
    await typing(rt, conversation_id=visitor.conversation_id, by="staff")
    assert (await visitor.page())["state"]["typing"] is True
    assert (await visitor.post("typing", {})).status_code == 204
    until = rt.clock.now() + timedelta(minutes=20)
    await visitor.staff(ControlEvent.HOLD, until=until)
    state = (await visitor.page())["state"]
    assert state["control"] == "on_hold" and state["hold_until"].startswith(until.isoformat()[:16])

    await visitor.staff(ControlEvent.RESUME)
    await visitor.staff(ControlEvent.END)
    asked = await visitor.last()
    assert asked["content"]["rate"] == (await visitor.handover()).id
    rating = {"handover_id": asked["content"]["rate"], "score": 2, "comment": "等太久，我的电话13800138000"}
    assert (await visitor.post("rating", rating)).status_code == 204
    kept = await visitor.handover()
    assert (kept.rating, "13800138000" in (kept.rating_comment or "")) == (2, False)
    for wrong in ({"score": 0}, {"score": 6}, {"handover_id": "x"}):
        assert (await visitor.post("rating", rating | wrong)).status_code == 422


async def test_nobody_rates_or_reads_a_strangers_episode(
    visitor: Visitor, stranger: Visitor, rt: Runtime
) -> None:
    await visitor.asks()
    await visitor.staff(ControlEvent.PICK)
    await say_as_staff(rt, conversation_id=visitor.conversation_id, staff=LIN, client_key="1", text="您好")
    view = await keep_file(
        rt,
        conversation_id=visitor.conversation_id,
        external_key="f",
        name="证.png",
        data=picture(),
        staff=LIN,
    )
    path = f"/api/web/files/{view['content']['files'][0]['id']}"
    assert (await visitor.http.get(path)).status_code == 200
    assert (await stranger.http.get(path)).status_code == 404
    assert (await stranger.http.get(path, headers={"Authorization": ""})).status_code == 401
    rating = {"handover_id": (await visitor.handover()).id, "score": 1}
    assert (await stranger.post("rating", rating)).status_code == 404
    assert (await visitor.handover()).rating is None


async def test_files_go_to_the_person_once_and_come_back_so_that_nothing_runs(visitor: Visitor) -> None:
    assert code(await visitor.sends(picture(), name="a.png")) == "no_person"
    await visitor.asks()
    await visitor.staff(ControlEvent.PICK)
    key = str(uuid4())
    first = (await visitor.sends(picture(), name="证书.png", key=key)).raise_for_status().json()
    again = (await visitor.sends(picture(), name="证书.png", key=key)).raise_for_status().json()
    assert again["seq"] == first["seq"]
    text = (await visitor.sends(b"<script>alert(1)</script>", name="页面.html")).raise_for_status().json()
    assert text["seq"] == first["seq"] + 1
    files = {
        message["seq"]: message["content"]["files"][0]
        for message in (await visitor.page())["messages"]
        if message["content"]["files"]
    }
    shown = await visitor.http.get(f"/api/web/files/{files[first['seq']]['id']}")
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    saved = await visitor.http.get(f"/api/web/files/{files[text['seq']]['id']}")
    assert saved.content == b"<script>alert(1)</script>"
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    for response in (shown, saved):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in response.headers["content-security-policy"]


async def test_a_file_over_the_limit_is_refused_while_it_is_read(visitor: Visitor) -> None:
    await visitor.asks()
    await visitor.staff(ControlEvent.PICK)
    sent = 0

    async def endless() -> Any:  # no length is told beforehand
        nonlocal sent
        while True:
            sent += 1 << 20
            yield b"\xff" * (1 << 20)

    response = await visitor.http.post(
        "/api/web/files", params={"name": "a.jpg", "key": str(uuid4())}, content=endless()
    )
    assert response.status_code == 413
    assert sent <= MAX_BYTES + (2 << 20)
    told = await visitor.http.post(
        "/api/web/files", params={"name": "a.jpg", "key": str(uuid4())}, content=b"x" * (MAX_BYTES + 10)
    )
    assert told.status_code == 413
    for data, why in (
        (b"MZ\x00\x01", "file_type"),
        (b"", "file_empty"),
        (b"\x89PNG\r\n\x1a\nx", "file_broken"),
    ):
        assert code(await visitor.sends(data, name="a.png")) == why


@pytest.mark.parametrize("path", ["human", "ticket", "messages"])
async def test_whoever_is_shut_out_is_told_so(visitor: Visitor, path: str) -> None:
    await visitor.asks()
    await visitor.staff(ControlEvent.PICK)
    await visitor.staff(ControlEvent.BLOCK, note="辱骂专员")
    seq = (await visitor.last())["seq"]
    body = {"client_msg_id": str(uuid4())} | ({"text": "在吗"} if path == "messages" else {})
    response = await visitor.post(path, body)
    assert (response.status_code, code(response)) == (403, "blocked")
    assert "停止服务" in response.json()["error"]["message"] and "辱骂" not in response.text
    assert (await visitor.last())["seq"] == seq
    assert (await visitor.sends(picture(), name="a.png")).status_code == 403


async def test_files_are_limited_by_visitor(visitor: Visitor, stranger: Visitor) -> None:
    for _ in range(FILES_PER_VISITOR.amount):
        assert code(await visitor.sends(b"x", name="a.txt")) == "no_person"
    assert code(await visitor.sends(b"x", name="a.txt")) == "too_fast"
    assert code(await stranger.sends(b"x", name="a.txt")) == "no_person"
