"""What specialists write and read in a chat: words, notes, drafts, files, marks, single values."""

from sqlalchemy import select

from bot.accounts.permissions import Staff
from bot.conversation import service as conversation
from bot.conversation import vault
from bot.conversation.chat_access import access_chat, no_such_chat
from bot.conversation.content import File
from bot.conversation.handover_models import Attachment
from bot.conversation.log import MessageView
from bot.conversation.models import VaultEntry
from bot.conversation.staff import Cited, Words, write
from bot.desk.access import access_own, check_view, name_of, note_deed, scope_of
from bot.desk.acting import holds
from bot.desk.models import Draft
from bot.desk.reading import as_seen_by
from bot.desk.schemas import DraftKind
from bot.desk.suggestions import cited_from
from bot.errors import Refusal
from bot.runtime import Runtime


async def say(
    rt: Runtime,
    *,
    conversation_id: str,
    staff: Staff,
    client_msg_id: str,
    text: str,
    based_on_seq: int | None,
    force: bool,
    faq: str | None,
) -> MessageView:
    """Words to the talent; refused as `overtaken` when the talent wrote since, unless `force`."""
    cited = await cited_from(rt, faq=faq) if faq else Cited()
    seen = None if force else based_on_seq
    words = Words(client_msg_id, text, based_on_seq=seen, cited=cited)
    return await _write(rt, conversation_id, staff, words, DraftKind.REPLY)


async def add_note(
    rt: Runtime, *, conversation_id: str, staff: Staff, client_msg_id: str, text: str
) -> MessageView:
    """An internal note, by whoever sees the chat."""
    return await _write(rt, conversation_id, staff, Words(client_msg_id, text, internal=True), DraftKind.NOTE)


async def _write(
    rt: Runtime, conversation_id: str, staff: Staff, words: Words, draft: DraftKind
) -> MessageView:
    async with rt.db.write() as session:
        chat = await access_own(session, conversation_id=conversation_id, staff=staff)
        message = await write(session, rt, conversation=chat.conversation, staff=name_of(staff), words=words)
        kept = await session.get(Draft, (staff.id, conversation_id, draft.value))
        if kept and kept.text.strip() == words.text.strip():
            await session.delete(kept)
        holder = chat.conversation.staff_id
    conversation.tell(rt, conversation_id, desk=holder is None, holder=holder)
    # The desk is shown every message, so the one before is always the neighbour.
    return as_seen_by(staff, message | {"prev": message["seq"] - 1})


async def keep_draft(
    rt: Runtime, *, conversation_id: str, staff: Staff, kind: DraftKind, text: str, based_on_seq: int
) -> None:
    """Unsent words, for the next window; empty ones are dropped."""
    async with rt.db.write() as session:
        await access_own(session, conversation_id=conversation_id, staff=staff)
        if text.strip():
            await session.merge(
                Draft(
                    staff_id=staff.id,
                    conversation_id=conversation_id,
                    kind=kind.value,
                    text=await vault.mask_known(
                        session,
                        rt,
                        conversation_id=conversation_id,
                        text=text,
                        told=kind == DraftKind.REPLY,
                    ),
                    based_on_seq=based_on_seq,
                    updated_at=rt.clock.now(),
                )
            )
        elif kept := await session.get(Draft, (staff.id, conversation_id, kind.value)):
            await session.delete(kept)


async def is_typing(rt: Runtime, *, conversation_id: str, staff: Staff) -> None:
    """Only the holder's typing is shown to the talent."""
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
    if holds(chat, staff):
        await conversation.typing(rt, conversation_id=conversation_id, by="staff")


async def has_seen(rt: Runtime, *, conversation_id: str, staff: Staff, seq: int) -> None:
    """Only what the holder has read counts as read."""
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
    if holds(chat, staff):
        await conversation.mark_seen(rt, conversation_id=conversation_id, by="staff", seq=seq)


async def send_file(
    rt: Runtime, *, conversation_id: str, staff: Staff, key: str, name: str, data: bytes
) -> MessageView:
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        if chat.until_seq is not None:
            raise no_such_chat()
    message = await conversation.keep_file(
        rt,
        conversation_id=conversation_id,
        external_key=key,
        name=name,
        data=data,
        staff=name_of(staff),
    )
    return as_seen_by(staff, message | {"prev": message["seq"] - 1})


async def open_file(rt: Runtime, *, conversation_id: str, staff: Staff, file_id: str) -> tuple[File, bytes]:
    """Noted before it is shown, for it may hold a person's papers; of a talk seen in part, what was
    sent by its end."""
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        if chat.until_seq is not None:
            kept = await session.get(Attachment, file_id)
            if kept is None or kept.created_at > (chat.handover.ended_at or chat.handover.requested_at):
                raise Refusal("no_such_file", "没有找到这个文件，可能已被清理。", status=404)
    found = await conversation.read_file(rt, conversation_id=conversation_id, file_id=file_id)
    await check_view(rt, conversation_id=conversation_id, staff=staff, file_id=file_id)
    return found


async def unmask(rt: Runtime, *, conversation_id: str, staff: Staff, token: str) -> str:
    """One personal value in clear, audited every time, before it is shown."""
    async with rt.db.write() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        query = select(VaultEntry).where(
            VaultEntry.conversation_id == conversation_id, VaultEntry.token == token
        )
        if chat.until_seq is not None:
            end = chat.handover.ended_at or chat.handover.requested_at
            query = query.where(VaultEntry.created_at <= end)
        entry = await session.scalar(query)
        if entry is None:
            raise Refusal("no_such_value", "没有找到这项信息，请刷新页面后重试。", status=404)
        await note_deed(
            session, rt, staff=staff, deed="unmask", subject=conversation_id, detail={"token": token}
        )
        return vault.open_sealed(rt, entry.sealed)
