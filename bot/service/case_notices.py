"""What the person who applied hears of their case: words in their chats, at most once each."""

import json

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Button
from bot.conversation.models import Conversation
from bot.notices.service import Told, notify
from bot.runtime import Runtime
from bot.service.case_scope import Person, belongs, since_parted
from bot.service.models import Application, ApplicationPart, PartChange, PartStatus
from bot.texts import sentence

LINKED = "link"  # event of the timeline: staff found whose application it is
SCORES = (5, 4, 3, 2, 1)


async def tell(
    session: AsyncSession,
    rt: Runtime,
    *,
    application: Application,
    text: str,
    once_key: str,
    sms: bool = False,
    buttons: list[Button] | None = None,
) -> list[Told]:
    """In every chat bound to the talent, else in the chat that applied; `tell_after` wakes them."""
    told = []
    if application.talent_id:
        told.append(
            await notify(
                session,
                rt,
                talent_id=application.talent_id,
                kind="case",
                once_key=once_key,
                text=text,
                buttons=buttons,
                sms=sms,
            )
        )
    chat = application.conversation_id
    if chat and await _may_hear(session, rt, application):
        told.append(
            await notify(
                session,
                rt,
                conversation_id=chat,
                kind="case",
                once_key=once_key,
                text=text,
                buttons=buttons,
            )
        )
    return told


async def ask_rating(session: AsyncSession, rt: Runtime, *, application: Application) -> list[Told]:
    """好差评, once an application."""
    buttons = [
        Button(
            title=sentence(f"cases.score_{score}"),
            payload="/rate_case" + json.dumps({"application": application.id, "score": score}),
        )
        for score in SCORES
    ]
    return await tell(
        session,
        rt,
        application=application,
        text=sentence("cases.ask_rating", case_no=application.case_no),
        once_key=f"rate:{application.id}",
        buttons=buttons,
    )


def supply_button(part_id: str, title: str) -> Button:
    """To hand in what is missing, in the chat."""
    return Button(title=title, payload=f'/supply_case{{"part": "{part_id}"}}')


def supply_buttons(part: ApplicationPart) -> list[Button]:
    """With what is said of a part that waits for the talent; else none."""
    waits = part.status == PartStatus.SUPPLEMENT
    return [supply_button(part.id, sentence("cases.supply"))] if waits else []


async def _may_hear(session: AsyncSession, rt: Runtime, application: Application) -> bool:
    """Whether the chat that applied hears of it beside the chats of the talent: nobody, or the same
    person, has proven themselves in it. A chat that was parted from its talent hears nothing more."""
    chat = await session.get(Conversation, application.conversation_id)
    if chat is None:
        return False
    if application.talent_id is None:
        person = Person(chat.id, chat.talent_id)
        return await belongs(session, rt, application=application, person=person)
    if chat.talent_id is not None or not await since_parted(session, application=application):
        return False  # the talent's own chats are told already
    linked = (
        select(PartChange.id)
        .join(ApplicationPart, ApplicationPart.id == PartChange.part_id)
        .where(ApplicationPart.application_id == application.id, PartChange.event == LINKED)
    )
    return await session.scalar(linked.limit(1)) is not None
