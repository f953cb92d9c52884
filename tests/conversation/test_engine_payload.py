"""What is told to the guide reaches the engine only as tokens: the request of a turn, as it is sent."""

import json

import pytest
from sqlalchemy import update

from bot.conversation.models import Conversation, Turn, TurnStatus
from bot.conversation.turns import claim_turn
from bot.runtime import Runtime
from bot.text import personal, told
from tests.conversation.people import says

GIVEN = [
    (personal.NAME, "孙小美", "孙小美"),
    (personal.NAME, "我叫王小明", "王小明"),
    (personal.ID_NUMBER, "我的身份证是11010519491231002X", "11010519491231002X"),
    (personal.MOBILE, "13800138000", "13800138000"),
    (personal.EMPLOYER, "济南第一机床有限公司", "第一机床"),
    (personal.SCHOOL, "孩子在济南外国语小学上学", "外国语小学"),
    (personal.ADDRESS, "济南市历下区经十路100号3号楼", "经十路100号"),
    (personal.BIRTH_DATE, "2018年3月5日", "3月5日"),
    (told.FREE_TEXT, "孩子王小明在济南外国语小学上学", "王小明"),
    (told.FREE_TEXT, "我在济南第一机床有限公司做研发", "第一机床"),
    (told.FREE_TEXT, "现住济南市历下区经十路100号3号楼", "经十路100号"),
    (None, "编号HC20261120-12345，查询码K7MN-PQ23", "K7MN"),
]


@pytest.mark.parametrize(("awaiting", "said", "secret"), GIVEN, ids=[f"{n}" for n in range(len(GIVEN))])
async def test_nothing_personal_is_in_the_request(
    rt: Runtime, awaiting: str | None, said: str, secret: str
) -> None:
    cid = (await says(rt, "您好")).conversation_id
    await claim_turn(rt)
    async with rt.db.write() as session:
        chat = await session.get(Conversation, cid)
        assert chat is not None
        chat.awaiting = awaiting
        await session.execute(update(Turn).values(status=TurnStatus.DONE))
    await says(rt, said)
    claim = await claim_turn(rt)
    assert claim is not None and claim.request is not None
    sent = json.dumps(claim.request, ensure_ascii=False)
    assert secret not in sent and personal.TOKEN.search(claim.request["text"])
