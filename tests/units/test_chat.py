"""An application made in the chat goes to the employer it names, where that has an account."""

from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.runtime import Runtime
from bot.service import submission
from bot.service.models import PartChange, PartStatus
from bot.service.rules import begin
from tests.units.conftest import ITEM, ZHANG, House

TOKENS = {"name": "〔姓名1〕", "paper": "〔身份证号1〕", "phone": "〔手机号1〕", "workplace": "〔单位1〕"}


async def hand_in(rt: Runtime, workplace: str) -> None:
    now = rt.clock.now()
    given = ZHANG | {"workplace": workplace}
    async with rt.db.write() as session:
        chat = Conversation(
            channel=Channel.WEB, account="web", external_user=workplace, created_at=now, updated_at=now
        )
        session.add(chat)
        await session.flush()
        secrets = [Secret(token, token[1:-2], given[key]) for key, token in TOKENS.items()]
        vault.keep(session, rt, conversation_id=chat.id, secrets=secrets)
    draft = begin(item=ITEM) | {"stage": "done", "step": "done", "seen": ["notice", "result"]}
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
