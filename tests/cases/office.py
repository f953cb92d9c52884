"""A centre with front and back office of three levels, two departments, an item and somebody who applies."""

from typing import Any

from sqlalchemy import select

from bot.accounts.permissions import Permission, Role, Staff, permissions_of, reach_of
from bot.conversation.models import Author, Channel, Conversation, Message
from bot.runtime import Runtime
from bot.service.case_deeds import Ask, Deed, GivenFile, Lack, Objecting, Result
from bot.service.case_rules import CaseEvent
from bot.service.case_scope import By, Person
from bot.service.case_work import PartView, act
from bot.service.catalogue import Catalogue
from bot.service.filled import Answers
from bot.service.models import Application, ApplicationPart, PartChange
from bot.service.schemas import FormField, ServiceItem
from bot.service.submission import Submitter, store
from bot.talent.models import Education
from bot.talent.network_models import Department, Employer
from bot.talent.schemas import TalentEdit
from bot.talent.service import save_talent
from tests.accounts.staff_app import hire
from tests.service.items import demo_item, texts

E = CaseEvent
NAME, NUMBER, PHONE = "孙小美", "11010519491231002X", "13800138000"
VALUES = {
    "group": "direct",
    "name": NAME,
    "paper": NUMBER,
    "phone": PHONE,
    "city": "370102",
    "since": "2020",
    "work": "两项成果，电话13900139000",
}
PLACES = [
    {"value": "370102", "title": "历下区"},
    {"value": "370100", "title": "济南市"},
    {"value": "370000", "title": "省直单位"},
]
_FIELDS = [field.model_dump(mode="json") for field in demo_item().fields]
FIELDS = [field | {"options": PLACES} if field["key"] == "city" else field for field in _FIELDS]


def item(key: str = "card", **approval: Any) -> ServiceItem:
    levels = {"levels": ["单位", "县", "市", "省"], "outcome": "card"} | approval
    return demo_item(key=key, name=f"示范{key}", approval=levels, fields=FIELDS)


CHILD = {
    "key": "child",
    "label": "孩子姓名",
    "ask": "孩子姓名？",
    "kind": "name",
    "personal": True,
    "required": False,
    "error": "请只写姓名。",
}
ITEMS = [
    item(publicity=True, publicity_call=True),
    item("tier", levels=["市"], outcome="tier", scheme="quanzhou-2021"),
    item("place", levels=["县"], outcome="place").model_copy(
        update={"fields": [FormField.model_validate(field) for field in (*FIELDS, CHILD)]}
    ),
]


def open_office(rt: Runtime) -> None:
    rt.parts["service"] = Catalogue({one.key: one for one in ITEMS}, texts())


async def staff(rt: Runtime, username: str, *roles: Role, region: str = "000000", **ties: Any) -> Staff:
    staff_id = await hire(rt, username, *roles, region=region, **ties)
    return Staff(
        id=staff_id,
        name=f"专员 {username}",
        username=username,
        permissions=permissions_of(roles),
        session_id="-",
        reach=reach_of(roles, Permission.CASE_READ),
        region=region,
        team_id=None,
        work_phone=None,
        department=ties.get("department"),
        employer_id=ties.get("employer_id"),
    )


async def chat(rt: Runtime, word: str = "v1", talent_id: str | None = None) -> str:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = Conversation(
            channel=Channel.WEB,
            account="web",
            external_user=word,
            talent_id=talent_id,
            created_at=now,
            updated_at=now,
        )
        session.add(row)
    return row.id


async def talent(rt: Runtime, name: str = NAME, number: str = NUMBER, **more: Any) -> str:
    edit = TalentEdit(
        name=name, education=Education.DOCTOR, region="370102", id_number=number, phone=PHONE, **more
    )
    async with rt.db.write() as session:
        return (await save_talent(session, rt, talent_id=None, edit=edit, staff=None)).id


async def employer(rt: Runtime, name: str = "山东样例新材料有限公司") -> str:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = Employer(name=name, kind="企业", region="370102", created_at=now, updated_at=now)
        session.add(row)
    return row.id


async def departments(rt: Runtime, *keys: str) -> None:
    async with rt.db.write() as session:
        for key in keys:
            session.add(
                Department(
                    key=key, name=f"部门{key}", level="市", region="370100", also=[], duties=[], source="S003"
                )
            )


async def handed_in(
    rt: Runtime,
    *keys: str,
    word: str = "1",
    values: dict[str, str] | None = None,
    **submitter: Any,
) -> list[str]:
    """Ids of the parts of one application."""
    items = {one.key: one for one in ITEMS}
    answers = [Answers(items[key], VALUES | (values or {})) for key in keys or ("card",)]
    made = await store(rt, request_id=word * 32, submitter=Submitter(**submitter), answers=answers)
    async with rt.db.read() as session:
        query = (
            select(ApplicationPart.id)
            .join(Application, Application.id == ApplicationPart.application_id)
            .where(Application.case_no == made.case_no)
            .order_by(ApplicationPart.position)
        )
        return list(await session.scalars(query))


async def do(rt: Runtime, part_id: str, event: CaseEvent, by: By, **deed: Any) -> PartView:
    return await act(rt, part_id=part_id, event=event, by=by, deed=Deed(**deed))


async def part(rt: Runtime, part_id: str) -> ApplicationPart:
    async with rt.db.read() as session:
        return await session.get_one(ApplicationPart, part_id)


async def application(rt: Runtime, part_id: str) -> Application:
    async with rt.db.read() as session:
        one = await session.get_one(ApplicationPart, part_id)
        return await session.get_one(Application, one.application_id)


async def timeline(rt: Runtime, part_id: str) -> list[PartChange]:
    async with rt.db.read() as session:
        query = select(PartChange).where(PartChange.part_id == part_id)
        return list(await session.scalars(query.order_by(PartChange.at, PartChange.id)))


async def heard(rt: Runtime, conversation_id: str) -> list[str]:
    """What the service said in a chat, in order."""
    async with rt.db.read() as session:
        query = select(Message).where(
            Message.conversation_id == conversation_id, Message.author == Author.SYSTEM
        )
        rows = await session.scalars(query.order_by(Message.seq))
        return ["\n".join(row.content["paragraphs"]) for row in rows]


async def offered(rt: Runtime, conversation_id: str) -> list[str]:
    """Payloads of the buttons the service put under what it said."""
    async with rt.db.read() as session:
        query = select(Message).where(
            Message.conversation_id == conversation_id, Message.author == Author.SYSTEM
        )
        rows = await session.scalars(query.order_by(Message.seq))
        return [button["payload"] for row in rows for button in row.content["buttons"]]


__all__ = ["Ask", "Deed", "E", "GivenFile", "Lack", "Objecting", "Person", "Result"]
