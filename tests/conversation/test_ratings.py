"""好差评: one per episode, changeable for a day."""

import pytest

from bot.conversation.control_rules import ControlEvent
from bot.conversation.models import Control
from bot.conversation.ratings import CHANGEABLE_H
from bot.conversation.service import log_after, rate, say_as_staff
from bot.errors import Refusal
from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.conversation.desk_double import DeskDouble
from tests.conversation.people import LIN, control_of, episodes_of, presses, says, staff_does, texts

PHONE = "13800138000"


async def talk(rt: Runtime, *, spoken: bool = True) -> str:
    cid = (await says(rt, "转人工")).conversation_id
    await staff_does(rt, cid, ControlEvent.PICK)
    if spoken:
        await say_as_staff(rt, conversation_id=cid, staff=LIN, client_key="c", text="您好")
    await staff_does(rt, cid, ControlEvent.END)
    return cid


async def test_asked_once_with_the_episode_and_answered_by_button(rt: Runtime, desk: DeskDouble) -> None:
    cid = await talk(rt)
    (episode,) = await episodes_of(rt, cid)
    asked = [
        row["content"]
        for row in await log_after(rt, conversation_id=cid, seq=0, internal=False)
        if row["content"]["rate"]
    ]
    assert [content["rate"] for content in asked] == [episode.id]
    assert len(asked[0]["buttons"]) == 5
    await presses(rt, cid, "不满意")
    assert await control_of(rt, cid) == Control.WRAP_UP  # a rating is no word that reopens the talk
    (rated,) = await episodes_of(rt, cid)
    assert rated.rating == 2 and desk.ratings == [2]
    assert "负责人会回访" in (await texts(rt, cid))[-1]


async def test_a_comment_is_masked_and_a_rating_may_be_changed_for_a_day(
    rt: Runtime, clock: MovedClock, desk: DeskDouble
) -> None:
    cid = await talk(rt)
    (episode,) = await episodes_of(rt, cid)
    call = {"conversation_id": cid, "handover_id": episode.id}
    await rate(rt, **call, score=5, comment=f"很好，打{PHONE}就行")
    await rate(rt, **call, score=5)  # the same again says nothing twice
    clock.advance(hours=CHANGEABLE_H)
    await rate(rt, **call, score=1)
    (rated,) = await episodes_of(rt, cid)
    assert (rated.rating, desk.ratings) == (1, [5, 1])
    assert rated.rating_comment and PHONE not in rated.rating_comment and "手机号" in rated.rating_comment
    clock.advance(seconds=1)
    with pytest.raises(Refusal) as refused:
        await rate(rt, **call, score=5)
    assert refused.value.code == "rating_closed"


async def test_nobody_came_so_nothing_is_rated(rt: Runtime, desk: DeskDouble) -> None:
    cid = await talk(rt, spoken=False)
    (episode,) = await episodes_of(rt, cid)
    assert not any(
        "打分" in str(row["content"])
        for row in await log_after(rt, conversation_id=cid, seq=0, internal=False)
    )
    for handover_id in (episode.id, "another"):
        with pytest.raises(Refusal) as refused:
            await rate(rt, conversation_id=cid, handover_id=handover_id, score=5)
        assert refused.value.code == "no_such_episode"
    assert desk.ratings == []
