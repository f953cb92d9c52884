"""A record made nobody's, where no legal duty keeps it. Applications stay: they are files of an authority."""

import secrets
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Content
from bot.conversation.log import access_conversation, append
from bot.conversation.models import Author, VaultEntry
from bot.conversation.vault import fingerprint, seal
from bot.errors import Refusal
from bot.identity import bindings
from bot.identity.bindings import Ended
from bot.identity.models import ChannelBinding, DataRequest, IdentityCode
from bot.identity.rights import ANSWERED, WAITING
from bot.notices.models import NoticeStatus, TalentNotice
from bot.runtime import Runtime
from bot.service.models import ENDED, Application, ApplicationDraft, ApplicationPart
from bot.store.base import new_id
from bot.talent.changes import note_change
from bot.talent.models import Assignment, Talent
from bot.texts import sentence

ERASED_NAME = "（已删除）"
_EMPTY: dict[str, Any] = {
    "gender": None,
    "birth_year": None,
    "nationality": "",
    "id_hint": "",
    "phone_sealed": None,
    "phone_fingerprint": None,
    "phone_hint": None,
    "email_sealed": None,
    "school": None,
    "graduated_on": None,
    "title": None,
    "position": None,
    "employer_id": None,
    "fulltime": None,
    "industry": None,
    "fields": [],
    "arrived_on": None,
    "postdoc": None,
    "honours": [],
    "expert": False,
    "abroad": False,
    "serves_grassroots": False,
    "departments": [],
}


async def erase(session: AsyncSession, rt: Runtime, *, talent_id: str, by: str) -> list[str]:
    """Anonymise the locked record and part its chats; returns the chats to wake. Refused while something
    of theirs is being worked on."""
    # Fully, unlike any other change: nothing that refers to the record may be on its way.
    talent = await session.get_one(Talent, talent_id, with_for_update=True)
    await _check_no_duty(session, talent_id)
    # What an employer proposed about them is about nobody now. Before the chats: whoever answers a request
    # holds it while they wait for a chat.
    await session.execute(
        update(DataRequest)
        .where(DataRequest.talent_id == talent_id)
        .values(sealed=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(DataRequest)
        .where(DataRequest.talent_id == talent_id, DataRequest.status == WAITING)
        .values(status=ANSWERED, answer=sentence("identity.erased_meanwhile"), done_at=rt.clock.now())
        .execution_options(synchronize_session=False)
    )
    live = await session.scalars(
        select(ChannelBinding.conversation_id)
        .where(ChannelBinding.talent_id == talent_id, ChannelBinding.ended_at.is_(None))
        .order_by(ChannelBinding.conversation_id)
    )
    chats = list(live)
    for conversation_id in chats:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        await bindings.end(session, rt, conversation=conversation, why=Ended.ERASED)
        content = Content.say(sentence("identity.ended_erased"))
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
        # What they gave in the chat: its messages hold tokens only, which open nothing any more.
        await session.execute(delete(VaultEntry).where(VaultEntry.conversation_id == conversation_id))
    await session.execute(delete(ApplicationDraft).where(ApplicationDraft.talent_id == talent_id))
    await session.execute(delete(IdentityCode).where(IdentityCode.talent_id == talent_id))
    await session.execute(delete(Assignment).where(Assignment.talent_id == talent_id))
    await session.execute(
        update(TalentNotice)
        .where(TalentNotice.talent_id == talent_id)
        .where(TalentNotice.status.in_((NoticeStatus.QUEUED, NoticeStatus.SENDING)))
        .values(status=NoticeStatus.FAILED)
    )
    await session.execute(update(TalentNotice).where(TalentNotice.talent_id == talent_id).values(sealed=b""))
    for name, value in _EMPTY.items():
        setattr(talent, name, value)
    talent.name = ERASED_NAME
    nobody = f"erased:{new_id()}:{secrets.token_hex(8)}"
    talent.id_sealed, talent.id_fingerprint = seal(rt, ""), fingerprint(rt, nobody)
    talent.revision += 1
    talent.updated_at = rt.clock.now()
    note_change(session, rt, talent_id=talent_id, kind="erased", detail={}, by=by, why="本人申请删除")
    await session.flush()
    return chats


async def _check_no_duty(session: AsyncSession, talent_id: str) -> None:
    """An application under way needs its applicant."""
    open_ones = await session.scalars(
        select(Application.case_no)
        .join(ApplicationPart, ApplicationPart.application_id == Application.id)
        .where(Application.talent_id == talent_id, ApplicationPart.status.not_in(ENDED))
        .distinct()
        .order_by(Application.case_no)
    )
    if numbers := list(open_ones):
        raise Refusal("has_duty", sentence("identity.has_duty", cases="、".join(numbers)), status=409)
