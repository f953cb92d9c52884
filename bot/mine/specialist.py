"""「我的专员」: who answers for one, and how they are reached."""

from bot.accounts.colleagues import contact_of
from bot.conversation.content import Card, Content
from bot.mine.words import human_button, say
from bot.runtime import Runtime
from bot.talent.assignments import specialist_of


async def my_specialist(rt: Runtime, *, talent_id: str) -> Content:
    async with rt.db.read() as session:
        staff_id = await specialist_of(session, talent_id=talent_id)
        contact = await contact_of(session, staff_id=staff_id) if staff_id else None
    if contact is None:
        return Content.say(say("no_specialist"), buttons=[human_button()])
    name, phone = contact
    rows = [(say("specialist_name"), name), (say("specialist_phone"), phone or say("specialist_no_phone"))]
    return Content(
        paragraphs=[say("specialist_does")],
        card=Card(title=say("specialist_title"), rows=rows),
        buttons=[human_button("手续代办")],
    )
