"""补正 in the chat: exactly the missing list is asked for, and handed in once."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.handover_models import Attachment
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_deeds import Deed, GivenFile
from bot.service.case_rules import CaseEvent
from bot.service.case_scope import Person
from bot.service.case_work import act
from bot.service.catalogue import Catalogue
from bot.service.filled import Answers
from bot.service.models import (
    Application,
    ApplicationDraft,
    ApplicationPart,
    DraftStatus,
    PartMaterial,
    PartStatus,
)
from bot.service.submission import Submitter, store
from tests.actions.engine_double import EngineDouble
from tests.service.items import demo_item, texts

CHAT, FILE = "c" * 32, "f" * 32
ITEM = demo_item(materials=[{"key": "proof", "name": "证明", "upload": True}])
MISSING = [
    {"kind": "field", "key": "phone", "what": "手机号", "why": "号码打不通"},
    {"kind": "material", "key": "proof", "what": "证明", "why": "没有盖章"},
    {"kind": "other", "key": "other_3", "what": "任职时间", "why": "请写明起止"},
]


@pytest.fixture
async def asked(rt: Runtime, engine: EngineDouble) -> EngineDouble:
    """A part that waits for three things, handed in from the engine's chat."""
    rt.parts["service"] = Catalogue({ITEM.key: ITEM}, texts(), {(ITEM.key, ITEM.version): ITEM})
    now = rt.clock.now()
    async with rt.db.write() as session:
        session.add(
            Conversation(
                id=CHAT, channel=Channel.WEB, account="web", external_user="v", created_at=now, updated_at=now
            )
        )
        await session.flush()
        vault.keep(
            session, rt, conversation_id=CHAT, secrets=[Secret("〔手机号1〕", "手机号", "13900139000")]
        )
        session.add(
            Attachment(
                id=FILE,
                conversation_id=CHAT,
                external_key="k",
                name="证明.jpg",
                media_type="image/jpeg",
                size=1,
                sha256="x",
                created_at=now,
            )
        )
    values = {"group": "direct", "name": "孙小美", "phone": "13800138000"}
    submitter = Submitter(conversation_id=CHAT)
    await store(rt, request_id="a" * 32, submitter=submitter, answers=[Answers(ITEM, values)])
    async with rt.db.write() as session:
        part = (await session.scalars(select(ApplicationPart))).one()
        part.status, part.resumes = PartStatus.SUPPLEMENT, PartStatus.ACCEPTED
        part.supplement, part.supplements = MISSING, 1
    return engine


async def part_of(rt: Runtime) -> tuple[ApplicationPart, dict[str, Any], list[str]]:
    async with rt.db.read() as session:
        part = (await session.scalars(select(ApplicationPart))).one()
        files = list(await session.scalars(select(PartMaterial.attachment_id)))
    return part, json.loads(vault.open_sealed(rt, part.sealed)), files


async def test_the_missing_list_is_asked_for_and_handed_in_once(rt: Runtime, asked: EngineDouble) -> None:
    said = await asked.turn("补交材料", "supply_case")
    assert "一共 3 项" in said and "手机号：号码打不通" in said and "任职时间：请写明起止" in said
    assert "请上传“证明”" in said and "没有盖章" in said
    await asked.turn('/upload_file{"attachment": "x"}', "upload_file", 1.0, attachment=FILE)
    assert "请补充“手机号”" in await asked.press("传好了，下一步") or "号码打不通" in asked.said
    await asked.turn("〔手机号1〕", "inform")
    assert "任职时间" in asked.said
    await asked.turn("2020年至今", "inform")
    assert "请核对" in asked.said
    await asked.press("确认提交")
    assert "补正材料已经提交" in asked.said and not asked.active
    part, values, files = await part_of(rt)
    assert part.status == PartStatus.ACCEPTED and files == [FILE]
    assert values["phone"] == "13900139000" and "2020年至今" in values.values()
    assert "没有找到需要补正" in await asked.turn("补交材料", "supply_case")


async def test_somebody_elses_supplement_is_not_begun(rt: Runtime, asked: EngineDouble) -> None:
    part, _, _ = await part_of(rt)
    now = rt.clock.now()
    async with rt.db.write() as session:
        session.add(
            Conversation(
                id="b" * 32,
                channel=Channel.WEB,
                account="web",
                external_user="w",
                created_at=now,
                updated_at=now,
            )
        )
    other = EngineDouble(rt, conversation_id="b" * 32)
    said = await other.turn(f'/supply_case{{"part": "{part.id}"}}', "supply_case", 1.0, part=part.id)
    assert "手机号" not in said and not other.active


async def test_a_file_sent_in_another_chat_of_the_same_person_is_taken(
    rt: Runtime, asked: EngineDouble
) -> None:
    part, _, _ = await part_of(rt)
    now, elsewhere = rt.clock.now(), "b" * 32
    async with rt.db.write() as session:
        session.add(
            Conversation(
                id=elsewhere,
                channel=Channel.WEB,
                account="web",
                external_user="w",
                talent_id="t" * 32,
                created_at=now,
                updated_at=now,
            )
        )
        (await session.scalars(select(Application))).one().talent_id = "t" * 32
    person = Person(elsewhere, "t" * 32)
    deed = Deed(
        values={"phone": "13900139000", "other_3": "2020年至今"},
        files=[GivenFile(material="proof", attachment_id=FILE)],
    )
    with pytest.raises(Refusal) as refused:  # sent in a chat that is nobody's
        await act(rt, part_id=part.id, event=CaseEvent.SUPPLIED, by=person, deed=deed)
    assert refused.value.code == "no_such_file"
    async with rt.db.write() as session:
        (await session.get_one(Conversation, CHAT)).talent_id = "t" * 32
    await act(rt, part_id=part.id, event=CaseEvent.SUPPLIED, by=person, deed=deed)
    assert (await part_of(rt))[2] == [FILE]


async def test_a_draft_somebody_else_has_finished_is_offered_no_more(
    rt: Runtime, asked: EngineDouble
) -> None:
    await asked.turn("补交材料", "supply_case")
    await asked.turn('/upload_file{"attachment": "x"}', "upload_file", 1.0, attachment=FILE)
    await asked.turn("先保存，下次再填", "nlu_fallback", 0.2)
    async with rt.db.write() as session:
        part = (await session.scalars(select(ApplicationPart))).one()
        part.status = PartStatus.ACCEPTED  # handed in at the window
        for number in range(2):
            session.add(
                ApplicationDraft(
                    id=f"{number:032d}",
                    conversation_id=CHAT,
                    items=f"supply-{part.id}",
                    content={"item": f"supply-{part.id}", "values": {"phone": "1"}},
                    status=DraftStatus.PARKED,
                    updated_at=rt.clock.now(),
                )
            )
    said = await asked.turn("我存的草稿", "pick_draft")
    assert "没有填到一半的申请" in said
