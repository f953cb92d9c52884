"""An application made in the chat goes to the employer it names, where that has an account."""

from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.runtime import Runtime
from bot.service import submission
from bot.service.catalogue import Catalogue, catalogue
from bot.service.models import ApplicationPart, PartChange, PartStatus
from bot.service.rules import begin
from bot.service.schemas import ServiceItem
from tests.service.items import texts
from tests.units.conftest import ITEM, PRIVATE, ZHANG, House, application

TOKENS = {"name": "〔姓名1〕", "paper": "〔身份证号1〕", "phone": "〔手机号1〕", "workplace": "〔单位1〕"}


async def hand_in(rt: Runtime, workplace: str, item: ServiceItem = ITEM) -> None:
    now = rt.clock.now()
    given = ZHANG | {"workplace": workplace}
    async with rt.db.write() as session:
        chat = Conversation(
            channel=Channel.WEB,
            account="web",
            external_user=f"{workplace}{item.key}",
            created_at=now,
            updated_at=now,
        )
        session.add(chat)
        await session.flush()
        secrets = [Secret(token, token[1:-2], given[key]) for key, token in TOKENS.items()]
        vault.keep(session, rt, conversation_id=chat.id, secrets=secrets)
    draft = begin(item=item) | {"stage": "done", "step": "done", "seen": ["notice", "result"]}
    draft["values"] = ZHANG | TOKENS | {"remark": ""}
    await submission.submit(rt, turn_id=chat.id, conversation_id=chat.id, draft=dict(draft))


async def test_the_named_employer_is_asked_first_and_an_unknown_one_is_not_waited_for(
    rt: Runtime, ours: House
) -> None:
    await hand_in(rt, "山东样例 新材料有限公司")
    await hand_in(rt, "某未登记公司")
    (row,) = (await ours.head.http.get("/api/unit/cases")).json()["rows"]
    assert (row["status"], row["name"], row["applicant"]) == (PartStatus.UNIT, "张建国", "本人")
    assert "山东样例 新材料有限公司" in str(
        (await ours.head.http.get(f"/api/unit/cases/{row['id']}")).json()["values"]
    )
    async with rt.db.read() as session:
        notes = {change.after: change.note for change in await session.scalars(select(PartChange))}
    assert notes[PartStatus.UNIT] is None
    assert "没有在本平台开通账号" in (notes[PartStatus.SUBMITTED] or "")


async def test_an_employer_sees_nothing_of_what_it_is_not_asked_to_approve(rt: Runtime, ours: House) -> None:
    """Named as the workplace of who applies for a loan, alone or beside what the employer approves."""
    rt.parts["service"] = Catalogue({ITEM.key: ITEM, PRIVATE.key: PRIVATE}, texts())
    named = "山东样例新材料有限公司"
    await hand_in(rt, named, PRIVATE)
    both = catalogue(rt).item(f"{ITEM.key}+{PRIVATE.key}")
    assert both is not None
    await hand_in(rt, named, both)
    async with rt.db.read() as session:
        parts = list(await session.scalars(select(ApplicationPart)))
    private = [part.id for part in parts if part.item == PRIVATE.key]
    assert len(private) == 2
    (row,) = (await ours.head.http.get("/api/unit/cases")).json()["rows"]
    assert row["item"] == ITEM.key
    assert (await ours.head.http.get("/api/unit/home")).json()["open"] == 1
    for part_id in private:
        assert (await ours.head.http.get(f"/api/unit/cases/{part_id}")).status_code == 404
    # Nor does it learn of it by applying for the same person itself.
    body = application(ZHANG) | {"item": PRIVATE.key}
    (told,) = (await ours.officer.http.post("/api/unit/applications/check", json=body)).json()["people"]
    assert told["faults"] == []
