"""What the guide hands over besides a new application: an answer to 补正, and the code of a receipt."""

from typing import Any

from sqlalchemy import select

from bot.conversation import vault
from bot.conversation.log import access_conversation
from bot.conversation.masking import Secret, fresh_token
from bot.conversation.models import Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service import drafts
from bot.service.case_deeds import Deed, GivenFile
from bot.service.case_rules import CaseEvent
from bot.service.case_scope import Person
from bot.service.case_work import act
from bot.service.composing import MATERIAL
from bot.service.materials import files_of
from bot.service.models import ApplicationDraft, DraftStatus
from bot.service.rules import adopt, missing
from bot.service.steps import DONE
from bot.service.submission import open_tokens
from bot.service.supplements import supplement
from bot.text.personal import QUERY_CODE


async def supply(rt: Runtime, *, conversation_id: str, draft: dict[str, Any]) -> bool:
    """Send what was asked for. False when this very answer was sent before."""
    async with rt.db.read() as session:
        talent_id = await session.scalar(
            select(Conversation.talent_id).where(Conversation.id == conversation_id)
        )
        row = await session.get(ApplicationDraft, draft.get("id") or "")
        if row is not None and row.status == DraftStatus.SUBMITTED:
            return False
    found = await supplement(rt, key=draft["item"], conversation_id=conversation_id, talent_id=talent_id)
    if found is None:
        return False  # a repeated turn: the first run moved the part on
    waiting, item = found
    fitted = adopt(item=item, stored=draft)
    if draft.get("stage") != DONE or draft.get("version") != item.version or missing(item=item, draft=fitted):
        raise Refusal("incomplete", "补正还没有填完，请继续填写后再提交。", status=409)
    raw = await open_tokens(rt, conversation_id=conversation_id, values=fitted["values"])
    files = [
        GivenFile(material=key.removeprefix(MATERIAL), attachment_id=one)
        for key, value in raw.items()
        if key.startswith(MATERIAL)
        for one in files_of(value)
    ]
    values = {key: value for key, value in raw.items() if not key.startswith(MATERIAL)}
    await act(
        rt,
        part_id=waiting.part_id,
        event=CaseEvent.SUPPLIED,
        by=Person(conversation_id, talent_id),
        version=waiting.version,
        deed=Deed(values=values, files=files),
    )
    async with rt.db.write() as session:
        await drafts.mark_submitted(session, draft_id=draft.get("id") or "")
    return True


async def code_token(rt: Runtime, *, conversation_id: str, code: str) -> str:
    """The query code as a token: shown in full until the talent says the next thing, masked ever after."""
    async with rt.db.write() as session:
        await access_conversation(session, conversation_id=conversation_id, lock=True)
        known = await vault.known_tokens(session, rt, conversation_id=conversation_id)
        if (QUERY_CODE, code) in known:
            return known[QUERY_CODE, code]
        token = fresh_token(QUERY_CODE, known)
        secret = Secret(token, QUERY_CODE, code)
        vault.keep(session, rt, conversation_id=conversation_id, secrets=[secret])
        await vault.show_code(session, conversation_id=conversation_id, token=token, code=code)
        return token
