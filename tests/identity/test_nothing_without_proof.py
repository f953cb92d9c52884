"""No wording, payload or forged address shows anything personal to whom has not proven who they are.

Every wording goes through every action that knows about people, whatever the language part would make of
it: an action that may be reached at all must be safe.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from fastapi import FastAPI
from sqlalchemy import select

import actions.answering
import actions.none_of_these
from actions.server import build_executor
from bot.channels.web.visitor import Visitor, issue_token
from bot.conversation.models import Channel, Conversation, VaultEntry
from bot.conversation.vault import fingerprint, seal
from bot.identity import pages
from bot.identity.passes import issue_pass
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from bot.service.filled import Answers
from bot.service.models import ApplicationDraft, ApplicationPart, DraftStatus, PartChange
from bot.service.submission import Submitter, store
from bot.settings import Settings
from bot.store.base import new_id
from bot.talent.models import Card
from bot.talent.network_models import Employer
from tests.actions.conftest import KnowledgeDouble
from tests.actions.engine_double import EngineDouble
from tests.conftest import MovedClock
from tests.identity.people import Chat, Phones, id_number, make_talent
from tests.service.items import demo_item, texts

NewChat = Callable[..., Awaitable[Chat]]
GIVEN = yaml.safe_load(Path(__file__).with_name("attempts.yml").read_text(encoding="utf-8"))
# Actions that only talk of policies and of the service itself know nothing of people.
KNOWS_NOBODY = {
    "action_answer_policy",
    "action_choose_region",
    "action_crisis",
    "action_menu",
    "action_none_of_these",
    "action_pick_faq",
    "action_request_human",
    "action_tell_profile",
    "action_unclear",
}


@dataclass
class Somebody:
    """One sample talent with everything the database holds of them."""

    id: str
    name: str
    number: str
    phone: str
    employer: str
    card: str
    case: str = ""
    part: str = ""
    draft: str = field(default_factory=new_id)

    @property
    def values(self) -> dict[str, str]:
        return {
            "name": self.name,
            "id": self.number,
            "last6": self.number[-6:],
            "phone": self.phone,
            "employer": self.employer,
            "card": self.card,
            "case": self.case,
            "case_next": f"{self.case[:-1]}{(int(self.case[-1]) + 1) % 10}",
            "part": self.part,
            "draft": self.draft,
            "talent_id": self.id,
        }

    @property
    def secrets(self) -> list[str]:
        """Nothing of this may be told; hints are personal as well."""
        own = [self.name, self.number, self.phone, self.employer, self.card, self.case, self.id]
        return [*own, self.card[-4:], f"{self.phone[:3]}****{self.phone[-4:]}", f"单位{self.phone[-4:]}"]


@pytest.fixture
async def people(rt: Runtime) -> list[Somebody]:
    """Three talents with employer, card, application and a draft in a chat of their own."""
    item = demo_item()
    rt.parts["service"] = Catalogue({item.key: item}, texts())
    return [await _somebody(rt, number) for number in (1, 2, 3)]


async def _somebody(rt: Runtime, number: int) -> Somebody:
    now, day = rt.clock.now(), rt.clock.now().date()
    name, phone = ("欧阳知秋", "诸葛云帆", "慕容晓岚")[number - 1], f"1390000771{number}"
    employer = Employer(
        name=f"示例单位{phone[-4:]}", region="370102", kind="企业", created_at=now, updated_at=now
    )
    async with rt.db.write() as session:
        session.add(employer)
    talent_id = await make_talent(
        rt,
        name=name,
        number=id_number(number),
        phone=phone,
        employer_id=employer.id,
        expert=True,
        serves_grassroots=True,
        industry="海洋",
        fields=["海洋生物"],
    )
    one = Somebody(talent_id, name, id_number(number), phone, employer.name, f"SD-TEST-88{number}{number}7")
    chat = Conversation(
        channel=Channel.WEB, account="web", external_user=f"own-{number}", created_at=now, updated_at=now
    )
    chat.talent_id = talent_id
    card = Card(talent_id=talent_id, number=one.card, valid_from=day, valid_to=day, updated_at=now)
    async with rt.db.write() as session:
        session.add_all([chat, card])
        await session.flush()
        session.add(
            VaultEntry(
                conversation_id=chat.id,
                token="〔姓名1〕",
                kind="姓名",
                sealed=seal(rt, name),
                fingerprint=fingerprint(rt, f"姓名:{name}"),
                hint=f"{name[0]}***",
                created_at=now,
            )
        )
        session.add(
            ApplicationDraft(
                id=one.draft,
                conversation_id=chat.id,
                talent_id=talent_id,
                items=demo_item().key,
                content={"id": one.draft, "item": demo_item().key, "values": {"name": "〔姓名1〕"}},
                status=DraftStatus.PARKED,
                updated_at=now,
            )
        )
    answers = Answers(demo_item(), {"name": name, "phone": phone, "employer": employer.name})
    submitter = Submitter(conversation_id=chat.id, talent_id=talent_id)
    one.case = (await store(rt, request_id=new_id(), submitter=submitter, answers=[answers])).case_no
    async with rt.db.read() as session:
        query = select(ApplicationPart.id).order_by(ApplicationPart.id.desc())
        one.part = (await session.scalars(query.limit(1))).one()
    return one


@pytest.fixture
async def engine(rt: Runtime, people: list[Somebody], monkeypatch: pytest.MonkeyPatch) -> EngineDouble:
    """The actions over the database, in a chat of nobody."""
    double = KnowledgeDouble()
    monkeypatch.setattr(actions.answering, "knowledge", double)
    monkeypatch.setattr(actions.none_of_these, "knowledge", double)
    now = rt.clock.now()
    row = Conversation(channel=Channel.WEB, account="web", external_user="x", created_at=now, updated_at=now)
    async with rt.db.write() as session:
        session.add(row)
    return EngineDouble(rt, conversation_id=row.id)


def _filled(text: str, one: Somebody) -> str:
    for name, value in one.values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def _leaks(
    engine: EngineDouble, *, about: Somebody, hidden: list[Somebody], given_too: list[dict[str, str]]
) -> list[tuple[str, ...]]:
    """Every wording through every action that knows people, with the sets of forged entities in turn: what
    was told of whom it must not be."""
    found = []
    names = sorted(set(build_executor().actions) - KNOWS_NOBODY)
    for place, wording in enumerate(GIVEN["words"]):
        text = _filled(wording, about)
        given = given_too[place % len(given_too)]
        entities = {key: _filled(value, about) for key, value in given.items()}
        for name in names:
            engine.slots, engine.active = {}, False
            engine._hear(text, "nlu_fallback", 0.9, entities)
            await engine.call(name)
            told = json.dumps([reply.model_dump(mode="json") for reply in engine.replies])
            seen = json.dumps([json.loads(told), engine.slots], ensure_ascii=False)
            engine.events.clear()
            # Whoever typed it knows it; an echo tells nothing new.
            secrets = {secret for one in hidden for secret in one.secrets if secret not in text}
            if given:
                secrets -= set(entities.values())
            found += [(name, text, secret) for secret in secrets if secret in seen]
    return found


# What the actions read is the same on both databases; the thousands of calls are made on one.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@one_database
async def test_no_wording_shows_anybody_to_nobody(
    rt: Runtime, engine: EngineDouble, people: list[Somebody]
) -> None:
    assert len(GIVEN["words"]) >= 60
    before = await _stored(rt)
    assert await _leaks(engine, about=people[0], hidden=people, given_too=GIVEN["entities"]) == []
    assert await _stored(rt) == before  # nothing was withdrawn, rated or taken over either


@one_database
async def test_with_proof_only_ones_own(rt: Runtime, engine: EngineDouble, people: list[Somebody]) -> None:
    async with rt.db.write() as session:
        (await session.get_one(Conversation, engine.conversation_id)).talent_id = people[0].id
    others = people[1:]
    assert await _leaks(engine, about=others[0], hidden=others, given_too=GIVEN["entities"][1:]) == []
    await engine.turn("我的申请到哪一步了", "my_cases")
    assert people[0].case in engine.said  # the proof was one


async def _stored(rt: Runtime) -> list[Any]:
    async with rt.db.read() as session:
        parts = await session.execute(select(ApplicationPart.id, ApplicationPart.status).order_by("id"))
        changes = await session.scalars(select(PartChange.id).order_by(PartChange.id))
        drafts = await session.execute(
            select(ApplicationDraft.id, ApplicationDraft.conversation_id, ApplicationDraft.talent_id)
        )
        return [[tuple(row) for row in parts], list(changes), sorted(tuple(row) for row in drafts)]


def _forged(rt: Runtime, app: FastAPI, one: Somebody, chat: Chat) -> list[tuple[str, str, Any, str]]:
    """Method, path, body, Authorization of calls that pretend."""
    own = chat.http.headers["Authorization"]
    foreign = Settings(home=rt.settings.home / "elsewhere")
    other_key = Runtime(foreign, _other_secrets(), rt.db, rt.hints, rt.clock)
    signed, _ = issue_token(other_key, Visitor("guess", chat.conversation_id))
    head, payload, mark = own.removeprefix("Bearer ").split(".")
    unsigned = f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."
    stolen = issue_pass(rt, conversation_id="0" * 32, talent_id=one.id)  # of another chat
    broken = f"{head}.{payload}.{'A' * len(mark)}"
    key = str(uuid4())
    return [
        *[("GET", "/api/web/identity", None, f"Bearer {token}") for token in (signed, unsigned, broken, "")],
        ("GET", "/api/web/identity", None, "Page nonsense"),
        ("GET", "/api/web/identity", None, f"Page {one.id}"),
        ("POST", "/api/web/me/full", {"pass": stolen}, own),
        ("POST", "/api/web/me/full", {"pass": own.removeprefix("Bearer ")}, own),
        ("POST", "/api/web/me/export", {"pass": stolen, "format": "json"}, own),
        ("POST", "/api/web/me/export", {"pass": stolen, "format": "xlsx"}, f"Page {stolen}"),
        ("POST", "/api/web/me/code", {}, own),
        ("POST", "/api/web/me/code", {"talent_id": one.id}, own),
        ("POST", "/api/web/me/open", {"code": "123456"}, own),
        ("POST", "/api/web/me/open", {"code": "123456", "talent_id": one.id}, own),
        ("POST", "/api/web/me/requests", {"kind": "删除", "text": one.name}, own),
        ("DELETE", f"/api/web/me/bindings/{one.id}", None, own),
        ("POST", "/api/web/me/withdraw", {}, own),
        ("POST", "/api/web/identity/confirm", {"code": "123456"}, own),
        ("POST", "/api/web/identity/confirm", {"code": "123456", "talent_id": one.id}, own),
        ("POST", "/api/web/identity/start", {"name": one.name, "id_last6": "' OR 1", "consent": True}, own),
        ("GET", f"/api/office/talents/{one.id}/bindings", None, own),
        ("GET", "/api/office/data-requests", None, own),
        ("POST", "/api/web/messages", {"client_msg_id": key, "button": _button(one.part)}, own),
        ("POST", "/api/web/messages", {"client_msg_id": key, "button": _button(one.draft)}, own),
        ("GET", f"/api/web/files/{one.draft}", None, own),
    ]


def _button(message_id: str) -> dict[str, Any]:
    return {"message_id": message_id, "index": 0}


def _other_secrets() -> Any:
    from dataclasses import fields

    from bot.settings import Secrets

    return Secrets(**{one.name: "guessed-" * 6 for one in fields(Secrets)})


async def test_no_forged_call_shows_anybody(
    rt: Runtime, app: FastAPI, people: list[Somebody], chat: Chat, phones: Phones
) -> None:
    """Also the sentences of refusals quote nothing."""
    for method, path, body, authorization in _forged(rt, app, people[0], chat):
        chat.http.headers["Authorization"] = authorization
        answer = await chat.http.request(method, path, json=body)
        where = (method, path, answer.status_code, answer.text)
        assert answer.status_code >= 400 or path.endswith("/start"), where
        assert not [one for one in people for secret in one.secrets if secret in answer.text], where
    await phones.receive(rt)
    assert phones.sent == []


async def test_a_used_or_late_page_lets_nobody_in(
    rt: Runtime, new_chat: NewChat, phones: Phones, people: list[Somebody], clock: MovedClock
) -> None:
    rt.settings.public_url = "https://talent.test"
    mine, other = await new_chat(), await new_chat()
    own = mine.http.headers["Authorization"]

    async def page_of(chat: Chat) -> str:
        async with rt.db.write() as session:
            url = await pages.make(session, rt, conversation_id=chat.conversation_id)
        assert url is not None
        return url.rpartition("/")[2]

    one, first = people[0], await page_of(mine)
    token = await page_of(mine)
    mine.http.headers["Authorization"] = f"Page {first}"
    assert (await mine.http.get("/api/web/identity")).status_code == 410  # a newer one replaced it
    mine.http.headers["Authorization"] = f"Page {token}"
    proof = await mine.prove(one.name, one.number, one.phone)
    mine.http.headers["Authorization"] = f"Page {proof['page']}"
    assert (await mine.standing())["bound"] is None
    mine.http.headers["Authorization"] = own
    await mine.says(proof["say"])
    mine.http.headers["Authorization"] = f"Page {proof['page']}"
    assert one.name[0] in (await mine.standing())["bound"]["name"]
    other.http.headers["Authorization"] = f"Page {token}"
    assert (await other.start(people[1].name, people[1].number[-6:])).status_code == 410
    assert (await other.confirm(phones.code(one.phone))).status_code == 410
    clock.advance(minutes=10)
    assert (await mine.http.get("/api/web/identity")).status_code == 410
    # A page of a chat that is somebody's shows nothing to whom only has the address.
    mine.http.headers["Authorization"] = f"Page {await page_of(mine)}"
    assert (await mine.standing())["bound"] is None
    assert (await mine.post("me/code")).status_code == 403
    assert (await mine.post("me/withdraw")).status_code == 403
