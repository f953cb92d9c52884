"""Who sees whose chats: every role, every distance, every way there is, from one table."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation import service as conversation
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.conversation.service import Change, ControlEvent
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.conftest import MovedClock
from tests.desk.offices import answers_for, found_team, join
from tests.desk.steps import detail, done, listed, note, say
from tests.desk.streaming import opened
from tests.desk.talents import Talent, text_of

EVERY_WAY = "list get search push export unmask"
LOOKING = "list get search push"
# Role → the distances it reaches, and the ways it may go at all.
TABLE: dict[Role, tuple[str, str]] = {
    Role.SPECIALIST: ("own", EVERY_WAY),
    Role.FRONT_DESK: ("own team", LOOKING),
    Role.BACK_OFFICE: ("own team region", EVERY_WAY),
    Role.LEAD: ("own team", EVERY_WAY),
    Role.SUPERVISOR: ("own team region", EVERY_WAY),
    Role.INSPECTOR: ("own team region", LOOKING),
    Role.EDITOR: ("", ""),
    Role.PUBLISHER: ("", ""),
    Role.ADMINISTRATOR: ("", ""),
    Role.DEPARTMENT: ("", ""),
    Role.UNIT_HEAD: ("", ""),
    Role.UNIT_OFFICER: ("", ""),
}
DISTANCES = ("own", "team", "region", "elsewhere")
PHONE = "13800138000"
TOKEN = "〔手机号1〕"


@dataclass
class Office:
    person: Person
    chats: dict[str, Talent]


async def place(
    rt: Runtime, talent: Talent, *, team: str, region: str, holder: str, ended: bool = False
) -> None:
    """The chat is held by somebody of a team, about a place."""
    status = HandoverStatus.CLOSED if ended else HandoverStatus.ACTIVE
    async with rt.db.write() as session:
        await session.execute(
            update(Handover)
            .where(Handover.conversation_id == talent.conversation_id)
            .values(
                team_id=team,
                region=region,
                staff_id=holder,
                status=status,
                ended_at=rt.clock.now() if ended else None,
            )
        )
        await session.execute(
            update(Conversation)
            .where(Conversation.id == talent.conversation_id)
            .values(control=Control.HUMAN, staff_id=holder)
        )


async def set_up(app: FastAPI, rt: Runtime, role: Role) -> Office:
    own = await found_team(rt, "临沂组", region="371300", default=True)
    other = await found_team(rt, "另一组", region="000000")
    person = await join(app, rt, "somebody", role, team=own, region="371300")
    where = {
        "own": (own, "371300", person.id),
        "team": (own, "371300", "c" * 32),
        "region": (other, "371302", "c" * 32),
        "elsewhere": (other, "350500", "c" * 32),
    }
    chats = {}
    for distance in DISTANCES:
        talent = await Talent.arrive(rt, distance)
        await talent.say(f"我的手机号是{PHONE}")
        await talent.ask_for_a_person()
        team, region, holder = where[distance]
        await place(rt, talent, team=team, region=region, holder=holder)
        chats[distance] = talent
    return Office(person, chats)


async def reaches(app: FastAPI, person: Person, talent: Talent, way: str) -> str:
    """`yes`, `hidden` (as if it did not exist) or `forbidden`."""
    if way == "push":
        async with opened(app, person.cookie, f"{talent.path}/events") as stream:
            status = stream.status
            if status == 200:
                assert await stream.event() is not None
        return {200: "yes", 404: "hidden", 403: "forbidden"}[status]
    request = {
        "list": ("GET", "/api/desk/chats?view=team", None),
        "get": ("GET", talent.path, None),
        "search": ("GET", "/api/desk/search?q=手机号", None),
        "export": ("GET", f"{talent.path}/transcript", None),
        "unmask": ("POST", f"{talent.path}/unmask", {"token": TOKEN}),
    }[way]
    response = await person.http.request(request[0], request[1], json=request[2])
    if response.status_code == 403:
        return "forbidden"
    if response.status_code == 404:
        assert code(response)[1] == "no_such_conversation"
        return "hidden"
    assert response.status_code == 200, response.text
    if way in ("list", "search"):
        return "yes" if talent.conversation_id in response.text else "hidden"
    return "yes"


@pytest.mark.parametrize("role", Role)
async def test_a_role_reaches_exactly_what_the_table_says(app: FastAPI, rt: Runtime, role: Role) -> None:
    office = await set_up(app, rt, role)
    within, ways = TABLE[role]
    for way in EVERY_WAY.split():
        for distance, talent in office.chats.items():
            expected = "forbidden"
            if way in ways.split():
                expected = "yes" if distance in within.split() else "hidden"
            got = await reaches(app, office.person, talent, way)
            assert got == expected, (role, way, distance)


@pytest.mark.parametrize("distance", ["team", "region", "elsewhere"])
async def test_no_deed_reaches_further_than_the_eye(app: FastAPI, rt: Runtime, distance: str) -> None:
    office = await set_up(app, rt, Role.SPECIALIST)
    talent, person = office.chats[distance], office.person
    requests: list[tuple[str, dict[str, object] | None]] = [
        ("accept", None),
        ("decline", None),
        ("hold", {"until": "2026-11-20T10:00:00Z"}),
        ("resume", None),
        ("end", None),
        ("return", {"note": "x"}),
        ("summary", {"summary": {}, "labels": []}),
        ("transfer", {"staff_id": "0" * 32, "note": "x"}),
        ("notes", {"client_msg_id": "0" * 32, "text": "x"}),
        ("messages", {"client_msg_id": "0" * 32, "text": "x"}),
        ("typing", None),
        ("seen", {"seq": 1}),
    ]
    for deed, body in requests:
        response = await person.http.post(f"{talent.path}/{deed}", json=body)
        # Of the own team's chats it may be known that a colleague was faster.
        known = distance == "team" and deed in ("accept", "decline")
        assert response.status_code == (409 if known else 404), (deed, response.text)
    for method, path in (
        ("GET", "targets"),
        ("GET", "summary"),
        ("PUT", "drafts/reply"),
        ("DELETE", "transfer"),
    ):
        body = {"text": "x"} if method == "PUT" else None
        response = await person.http.request(method, f"{talent.path}/{path}", json=body)
        assert response.status_code == 404, path
    suggested = await person.http.get(
        "/api/desk/suggest", params={"conversation_id": talent.conversation_id, "seq": 0}
    )
    assert suggested.status_code == 404


@pytest.mark.parametrize(
    ("deed", "body"),
    [("take-over", None), ("block", {"reason": "x"}), ("claim", None)],
)
async def test_a_call_back_gives_no_say_in_a_talk_of_another_team(
    app: FastAPI, rt: Runtime, clock: MovedClock, deed: str, body: dict[str, str] | None
) -> None:
    mine, theirs = await found_team(rt, "甲组", default=True), await found_team(rt, "乙组")
    lead = await join(app, rt, "zuzhang", Role.LEAD, team=mine)
    wang = await join(app, rt, "wang", Role.SPECIALIST, team=theirs)
    talent = await Talent.arrive(rt, "t")
    await talent.ask_for_a_person()
    async with rt.db.write() as session:
        change = Change(ControlEvent.LEAVE_TICKET)
        await conversation.act(session, rt, conversation_id=talent.conversation_id, change=change)
    clock.advance(minutes=1)
    answers_for(rt).team_id = theirs
    await talent.ask_for_a_person()
    if deed != "claim":
        await done(wang, talent, "claim")
    response = await lead.http.post(f"{talent.path}/{deed}", json=body)
    assert response.status_code == 404, response.text
    assert await talent.control() == ("queued" if deed == "claim" else "human")
    await done(wang, talent, "claim")


async def test_what_waits_without_a_team_is_seen_by_every_desk(app: FastAPI, rt: Runtime) -> None:
    talent = await Talent.arrive(rt, "t1")
    await talent.ask_for_a_person()
    for username, team in (("noteam", None), ("inteam", await found_team(rt, "甲组"))):
        person = await join(app, rt, username, Role.SPECIALIST, team=team)
        assert [r["conversation_id"] for r in await listed(person, "queue")] == [talent.conversation_id]


async def test_an_earlier_holder_sees_the_talk_as_far_as_their_own_episode_went(
    app: FastAPI, rt: Runtime, clock: MovedClock, lin: Person, held: Talent
) -> None:
    await say(lin, held, "有效期五年")
    await done(lin, held, "return", note="好")
    clock.advance(minutes=1)
    async with rt.db.write() as session:  # somebody else is the talent's specialist by now
        await session.execute(update(Conversation).values(specialist_id=None))
    other = await found_team(rt, "别的组", default=True)
    new = await join(app, rt, "xin", Role.SPECIALIST, team=other)
    await held.say("第二件事，手机号13900139000")
    await held.ask_for_a_person("待遇落实")
    await done(new, held, "claim")

    body = await detail(lin, held)
    texts = [text_of(message) for message in body["messages"]]
    assert "有效期五年" in texts
    assert not any("第二件事" in text for text in texts)
    assert body["profile"]["values"] == []
    assert body["chat"]["handover_status"] == "returned"
    assert body["chat"]["last_text"] == "有效期五年"
    assert "第二件事" not in (await lin.http.get(f"{held.path}/transcript")).text
    unmasked = await lin.http.post(f"{held.path}/unmask", json={"token": TOKEN})
    assert code(unmasked) == (404, "no_such_value")
    assert (await lin.http.get("/api/desk/search?q=第二件事")).json() == {"chats": []}
    assert code(await note(lin, held, "x")) == (404, "no_such_conversation")
    async with opened(app, lin.cookie, f"{held.path}/events?after=0") as stream:
        await held.say("第三句")
        assert b"message" not in stream.body
    assert [text_of(m) for m in (await detail(new, held))["messages"]][-1] == "第三句"


async def test_a_move_to_another_team_counts_at_once(
    app: FastAPI, rt: Runtime, zhou: Person, held: Talent
) -> None:
    assert (await zhou.http.get(held.path)).status_code == 200
    async with rt.db.write() as session:
        await session.execute(update(StaffAccount).where(StaffAccount.id == zhou.id).values(team_id="f" * 32))
    assert (await zhou.http.get(held.path)).status_code == 404
    assert await listed(zhou, "team") == []
