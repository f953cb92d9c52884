"""What the desk knows of a talent beside the talk."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from bot.runtime import Runtime
from bot.service.models import Application, ApplicationPart, PartStatus
from bot.store.base import new_id
from tests.accounts.staff_app import Person
from tests.desk.steps import detail, done
from tests.desk.talents import Talent
from tests.identity.people import id_number, make_talent


async def _application(session: AsyncSession, now: datetime, **whose: Any) -> str:
    """The id of its one part."""
    row_id = new_id()
    stamps = {"created_at": now, "updated_at": now}
    application = Application(case_no=f"HC-{row_id[-8:]}", code_hash="-", turn_id=row_id, **whose, **stamps)
    session.add(application)
    await session.flush()
    part = ApplicationPart(
        application_id=application.id,
        item="sd-huicaika",
        item_version=1,
        status=PartStatus.SUBMITTED,
        sealed=b"",
        **stamps,
    )
    session.add(part)
    await session.flush()
    return part.id


async def test_the_case_numbers_of_a_talk_stand_beside_it(rt: Runtime, lin: Person, held: Talent) -> None:
    async with rt.db.write() as session:
        part_id = await _application(session, rt.clock.now(), conversation_id=held.conversation_id)
    (case,) = (await detail(lin, held))["profile"]["cases"]
    assert (case["id"], case["name"], case["status"]) == (part_id, "sd-huicaika", "已提交")
    other = await Talent.arrive(rt, "t3")
    await other.ask_for_a_person()
    await done(lin, other, "claim")
    assert (await detail(lin, other))["profile"]["cases"] == []


async def test_the_record_of_a_proven_talent_stands_beside_the_talk_masked(
    rt: Runtime, lin: Person, held: Talent
) -> None:
    assert (await detail(lin, held))["profile"]["record"] is None
    talent_id = await make_talent(rt, name="孙小美", number=id_number(5), phone="13800138000")
    async with rt.db.write() as session:
        (await session.get_one(Conversation, held.conversation_id)).talent_id = talent_id
        now = rt.clock.now()
        theirs = await _application(session, now, talent_id=talent_id)
        await _application(session, now, conversation_id=held.conversation_id, talent_id="f" * 32)
    profile = (await detail(lin, held))["profile"]
    assert (profile["record"]["name"], profile["record"]["card"]) == ("孙**", None)
    assert [case["id"] for case in profile["cases"]] == [theirs]  # another person's was handed in here before
    assert "孙小美" not in repr(profile) and "13800138000" not in repr(profile)
