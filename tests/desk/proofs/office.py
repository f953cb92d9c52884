"""A desk at which talents, specialists, the router, the clock and the assistant act at random, over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import select, update

from bot.accounts.api import router as accounts_router
from bot.accounts.permissions import Role
from bot.channels.limits import Limits
from bot.channels.web.routes import router as web_router
from bot.conversation.content import HandoverRequest
from bot.conversation.handover_models import LIVE, Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.conversation.runner import TurnRunner
from bot.desk.api import router as desk_router
from bot.desk.models import Seat
from bot.desk.port import Desk
from bot.desk.router import Router
from bot.runtime import Runtime
from tests.accounts.staff_app import ORIGIN, Person, make_app
from tests.conftest import MovedClock
from tests.conversation.engine import ScriptedEngine, answer_to
from tests.desk.offices import found_team, join

SECRET = "内部勿传"
HELD = (Control.HUMAN, Control.ON_HOLD, Control.WRAP_UP)
Json = dict[str, Any]


@dataclass
class Visitor:
    """A talent's page: their token and the conversation it is for."""

    http: httpx.AsyncClient
    conversation_id: str

    @property
    def path(self) -> str:
        return f"/api/desk/chats/{self.conversation_id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self.http.headers["Authorization"]}


class Office:
    """`act` does one thing somebody might do next; whatever is refused must be refused politely."""

    def __init__(self, rt: Runtime, clock: MovedClock, chance: Random) -> None:
        self.rt = rt
        self.clock = clock
        self.chance = chance
        self.app: FastAPI = make_app(rt, web_router, accounts_router, desk_router)
        self.engine = ScriptedEngine(self._answer)
        self.router = Router(rt)
        self.people: list[Person] = []
        self.visitors: list[Visitor] = []
        self.teams: list[str] = []
        self.done: dict[str, int] = {}
        self.last = ""  # kind of the act before

    @classmethod
    async def open(
        cls, rt: Runtime, clock: MovedClock, *, seed: int, talents: int = 3, capacity: int = 5
    ) -> "Office":
        office = cls(rt, clock, Random(seed))
        rt.parts["desk"], rt.parts["limits"] = Desk(), Limits()
        office.teams = [await found_team(rt, "省人才服务组"), await found_team(rt, "市人才服务组")]
        one, other = office.teams
        for name, role, team in (
            ("linxiao", Role.SPECIALIST, one),
            ("zhouning", Role.FRONT_DESK, one),
            ("zuzhang", Role.LEAD, one),
            ("sunhao", Role.SPECIALIST, other),
        ):
            person = await join(office.app, rt, name, role, team=team)
            office.people.append(person)
            (await person.http.put("/api/desk/seat", json={"status": "ready"})).raise_for_status()
        async with rt.db.write() as session:
            await session.execute(update(Seat).values(capacity=capacity))
        for _ in range(talents):
            transport = httpx.ASGITransport(app=office.app)
            http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
            opened = (await http.post("/api/web/session", json={"region": "370000"})).json()
            http.headers["Authorization"] = f"Bearer {opened['token']}"
            office.visitors.append(Visitor(http, opened["conversation_id"]))
        return office

    async def close(self) -> None:
        for one in (*self.people, *self.visitors):
            await one.http.aclose()

    @property
    def lead(self) -> Person:
        return self.people[2]

    async def act(self) -> None:
        acts: tuple[tuple[Callable[[Visitor], Awaitable[None]], int], ...] = (
            (self._talent, 6),
            (self._at_the_desk, 14),
            (self._seat, 2),
            (self._route, 4),
            (self._time, 1),
            (self._assistant, 2),
        )
        act = self.chance.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
        self.last = act.__name__.strip("_")
        await act(self.chance.choice(self.visitors))

    async def quiet(self) -> None:
        """Everything that is due by now is done."""
        await self._route(self.visitors[0])
        while await TurnRunner(self.rt, engine=self.engine).run_once():
            pass

    # --- talents

    async def _talent(self, visitor: Visitor) -> None:
        path, body = self.chance.choice(
            (
                ("messages", {"text": f"问{self.chance.random()}"}),
                ("messages", {"text": f"问{self.chance.random()}"}),
                ("messages", {"text": "取消排队"}),
                ("human", {"category": "手续代办"}),
                ("human", {}),
                ("human", {}),
                ("cancel-human", None),
                ("ticket", {"when": "明天上午"}),
                ("seen", {"seq": await self._last_seq(visitor)}),
                ("button", {}),
            )
        )
        if path == "button":
            await self._button(visitor)
        elif path in ("seen", "cancel-human"):
            await self._send(visitor.http, "post", f"/api/web/{path}", body)
        else:
            await self._send(
                visitor.http, "post", f"/api/web/{path}", {"client_msg_id": self._key(), **(body or {})}
            )

    async def _button(self, visitor: Visitor) -> None:
        """One of the last choice: rate, cancel, leave a ticket, ask for a person."""
        page = (await visitor.http.get("/api/web/history", params={"before": 10**6})).json()
        choices = [message for message in page["messages"] if message["content"]["buttons"]]
        if choices:
            index = self.chance.randrange(len(choices[-1]["content"]["buttons"]))
            button = {"message_id": choices[-1]["id"], "index": index}
            body = {"client_msg_id": self._key(), "button": button}
            await self._send(visitor.http, "post", "/api/web/messages", body)

    # --- specialists

    async def _at_the_desk(self, visitor: Visitor) -> None:
        """Mostly what whoever may would do next; sometimes anything by anybody."""
        row, episode = await self._stands(visitor)
        by_id = {person.id: person for person in self.people}
        someone = self.chance.choice(self.people)
        holder = by_id.get(row.staff_id or "", someone)
        rung = by_id.get((episode.offered_to if episode else None) or "")
        if self.chance.random() < 0.15:
            await self._deed(someone, visitor, self.chance.choice(list(DEEDS)))
        elif rung and self.chance.random() < 0.6:
            await self._deed(rung, visitor, self.chance.choice(("accept", "accept", "decline")))
        elif row.control == Control.QUEUED:
            await self._deed(someone, visitor, self.chance.choice(("claim", "next")))
        elif row.control == Control.HUMAN:
            await self._deed(holder, visitor, self.chance.choice(WHILE_HUMAN))
        elif row.control == Control.ON_HOLD:
            await self._deed(
                holder, visitor, self.chance.choice(("resume", "messages", "transfer", "return"))
            )
        elif row.control == Control.WRAP_UP:
            await self._deed(holder, visitor, self.chance.choice(("summary", "return", "notes")))
        elif row.blocked_at:
            await self._deed(self.lead, visitor, "unblock")
        else:
            await self._tickets(visitor, someone)

    async def _deed(self, person: Person, visitor: Visitor, deed: str) -> None:
        if deed == "take-over" and self.chance.random() < 0.7:
            person = self.lead
        method, body = DEEDS[deed](self)
        path = "/api/desk/next" if deed == "next" else f"{visitor.path}/{PATHS.get(deed, deed)}"
        if deed == "seen":
            body = {"seq": await self._last_seq(visitor)}
        await self._send(person.http, method, path, body, deed)

    async def _tickets(self, visitor: Visitor, person: Person) -> None:
        async with self.rt.db.read() as session:
            ticket = await session.scalar(
                select(Handover).where(
                    Handover.conversation_id == visitor.conversation_id,
                    Handover.status == HandoverStatus.TICKETED,
                )
            )
        if ticket is None:
            if self.chance.random() < 0.2:
                await self._send(self.lead.http, "put", f"{visitor.path}/specialist", self.specialist())
            body = {"client_msg_id": self._key()}
            await self._send(visitor.http, "post", "/api/web/human", body)
            return
        path = f"/api/desk/tickets/{ticket.id}"
        owner = next((one for one in self.people if one.id == ticket.staff_id), person)
        await self._send(owner.http, "post", f"{path}/take", None)
        if self.chance.random() < 0.5:
            await self._send(owner.http, "post", f"{path}/done", {"result": "已电话答复", "tell": True})

    async def _seat(self, _visitor: Visitor) -> None:
        person = self.chance.choice(self.people)
        if self.chance.random() < 0.3:
            status = self.chance.choice(("ready", "ready", "busy", "away"))
            await self._send(person.http, "put", "/api/desk/seat", {"status": status})
        else:
            await self._pages_show_themselves()

    # --- the house

    async def _route(self, _visitor: Visitor) -> None:
        await self.router.route_once()

    async def _time(self, _visitor: Visitor) -> None:
        self.clock.advance(seconds=self.chance.choice((1, 5, 12, 26, 31, 61, 181)))
        if self.chance.random() < 0.7:  # else they were all shut meanwhile
            await self._pages_show_themselves()

    async def _pages_show_themselves(self) -> None:
        for one in self.people:
            await self._send(one.http, "post", "/api/desk/seat/alive", None)

    async def _assistant(self, _visitor: Visitor) -> None:
        await TurnRunner(self.rt, engine=self.engine).run_once()

    def _answer(self, request: Json) -> Any:
        wish = HandoverRequest(reason="unanswered") if self.chance.random() < 0.2 else None
        return answer_to(request, f"答：{request['text']}", handover=wish)

    async def _send(
        self, http: httpx.AsyncClient, method: str, path: str, body: Json | None, deed: str = ""
    ) -> httpx.Response:
        answer = await http.request(method, path, json=body)
        assert answer.status_code < 500, answer.text
        if answer.is_error:
            error = answer.json()["error"]
            assert error["code"] != "invalid_request", (path, body, answer.text)
            assert error["message"]
        name = f"{deed or path.rsplit('/', 1)[-1]} {'refused' if answer.is_error else 'done'}"
        self.done[name] = self.done.get(name, 0) + 1
        return answer

    async def _stands(self, visitor: Visitor) -> tuple[Conversation, Handover | None]:
        async with self.rt.db.read() as session:
            row = await session.get_one(Conversation, visitor.conversation_id)
            live = select(Handover).where(
                Handover.conversation_id == visitor.conversation_id, Handover.status.in_(LIVE)
            )
            return row, await session.scalar(live)

    async def _last_seq(self, visitor: Visitor) -> int:
        return (await self._stands(visitor))[0].shown_seq

    def _key(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    # --- bodies

    def words(self) -> Json:
        return {"client_msg_id": self._key(), "text": f"专员说{self.chance.random()}", "force": True}

    def inside(self) -> Json:
        return {"client_msg_id": self._key(), "text": f"{SECRET}{self.chance.random()}"}

    def toward(self) -> Json:
        note = {"note": f"{SECRET}请接手"}
        if self.chance.random() < 0.4:
            return {"team_id": self.chance.choice(self.teams), **note}
        return {"staff_id": self.chance.choice(self.people).id, **note}

    def until(self) -> Json:
        later = self.clock.now() + timedelta(seconds=self.chance.choice((30, 3600)))
        return {"until": later.isoformat(), "note": SECRET}

    def specialist(self) -> Json:
        return {"staff_id": self.chance.choice(self.people).id, "why": "工作调整"}


SUMMARY = {"need": "咨询", "result": "已答复"}
DEEDS: dict[str, Callable[[Office], tuple[str, Json | None]]] = {
    "claim": lambda office: ("post", None),
    "next": lambda office: ("post", None),
    "accept": lambda office: ("post", None),
    "decline": lambda office: ("post", None),
    "messages": lambda office: ("post", office.words()),
    "notes": lambda office: ("post", office.inside()),
    "seen": lambda office: ("post", None),
    "draft": lambda office: ("put", {"text": "草稿", "based_on_seq": 1}),
    "transfer": lambda office: ("post", office.toward()),
    "withdraw": lambda office: ("delete", None),
    "hold": lambda office: ("post", office.until()),
    "resume": lambda office: ("post", None),
    "take-over": lambda office: ("post", {"note": SECRET}),
    "return": lambda office: ("post", {"note": SECRET, "labels": [], "summary": SUMMARY}),
    "end": lambda office: ("post", None),
    "summary": lambda office: ("post", {"summary": SUMMARY, "labels": []}),
    "block": lambda office: ("post", {"reason": "辱骂"}),
    "unblock": lambda office: ("post", None),
}
PATHS = {"draft": "drafts/reply", "withdraw": "transfer"}
WHILE_HUMAN = (
    *("messages",) * 5,
    *("transfer",) * 3,
    *("notes", "seen", "draft", "withdraw", "hold", "hold", "take-over", "return", "end", "end"),
)
