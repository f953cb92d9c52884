"""What the desk knows of a talent beside the talk."""

from bot.runtime import Runtime
from bot.service.models import Application, ApplicationPart, PartStatus
from tests.accounts.staff_app import Person
from tests.desk.steps import detail, done
from tests.desk.talents import Talent


async def test_the_case_numbers_of_a_talk_stand_beside_it(rt: Runtime, lin: Person, held: Talent) -> None:
    now = rt.clock.now()
    async with rt.db.write() as session:
        application = Application(
            case_no="HC20261122-0001",
            code_hash="-",
            turn_id="turn",
            conversation_id=held.conversation_id,
            created_at=now,
            updated_at=now,
        )
        session.add(application)
        await session.flush()
        session.add(
            ApplicationPart(
                application_id=application.id,
                item="sd-huicaika",
                item_version=1,
                status=PartStatus.SUBMITTED,
                sealed=b"",
                created_at=now,
                updated_at=now,
            )
        )
    (case,) = (await detail(lin, held))["profile"]["cases"]
    assert (case["case_no"], case["status"]) == ("HC20261122-0001", "已提交")
    other = await Talent.arrive(rt, "t3")
    await other.ask_for_a_person()
    await done(lin, other, "claim")
    assert (await detail(lin, other))["profile"]["cases"] == []
