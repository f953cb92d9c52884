"""Files in a chat. The bytes lie encrypted under HUICAI_HOME/attachments, named by id: the file is
written first, then its row with its message, so that a row never lacks its file.
"""

import asyncio
import hashlib
import os
from datetime import timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.blocking import check_not_blocked
from bot.conversation.change import Change, StaffName
from bot.conversation.content import Content, File
from bot.conversation.control import change_control, situation_of, tell
from bot.conversation.control_rules import ControlEvent, check_holder
from bot.conversation.episodes import note_reply, open_handover
from bot.conversation.file_content import Checked, check_file
from bot.conversation.handover_models import Attachment
from bot.conversation.hearing import hear
from bot.conversation.log import MessageView, access_conversation, append, views
from bot.conversation.models import Author, Control, Conversation, Message
from bot.conversation.readability import check_kind, check_readable
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.materials import FILE
from bot.store.base import new_id
from bot.texts import sentence

ORPHAN_AFTER_H = 1  # a file whose row is not there yet may be on its way
_WITH_A_PERSON = (Control.QUEUED, Control.OFFERED, Control.HUMAN, Control.ON_HOLD, Control.WRAP_UP)


async def keep_file(
    rt: Runtime,
    *,
    conversation_id: str,
    external_key: str,
    name: str,
    data: bytes,
    staff: StaffName | None,
) -> MessageView:
    """A file from the talent, for a person or for the guide that asked for it, or from the specialist who
    holds the chat; a repeated key returns the first message."""
    key = f"staff:{staff.id}:{external_key}" if staff else external_key
    async with rt.db.read() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id)
        if view := await _first(session, conversation, key):
            return view
        await _check_may_send(session, conversation, staff)
        for_guide = staff is None and guide_waits(conversation)
    checked = await asyncio.to_thread(check_file, name=name, data=data)
    if for_guide:
        await check_readable(rt, checked)
    file_id = new_id()
    await asyncio.to_thread(_store, rt, file_id, checked.data)
    try:
        view, kept = await _append(rt, conversation_id, key, file_id, checked, staff)
    except Refusal:  # after any other failure the row may be there: what has none is swept later
        _path(rt, file_id).unlink(missing_ok=True)
        raise
    if not kept:
        _path(rt, file_id).unlink(missing_ok=True)
    tell(rt, conversation_id, turns=for_guide, desk=not for_guide)
    return view


def guide_waits(conversation: Conversation) -> bool:
    """The assistant asks for a file, and nobody else has the chat."""
    return conversation.awaiting == FILE and conversation.control in (Control.BOT, Control.CLOSED)


async def read_file(
    rt: Runtime, *, conversation_id: str, file_id: str, by_talent: bool = False
) -> tuple[File, bytes]:
    """`by_talent`: not what an earlier person of this chat sent or was sent."""
    async with rt.db.read() as session:
        row = await session.get(Attachment, file_id)
        if row is None or row.conversation_id != conversation_id:
            raise _gone()
        former = (
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.conversation_id == conversation_id, Message.external_key == row.external_key)
            .where(Message.seq <= Conversation.hidden_seq)
        )
        if by_talent and await session.scalar(former.limit(1)):
            raise _gone()
    return await _opened(rt, row)


async def _opened(rt: Runtime, row: Attachment | None) -> tuple[File, bytes]:
    if row is None:
        raise _gone()
    try:
        sealed = await asyncio.to_thread(_path(rt, row.id).read_bytes)
        data = vault.open_bytes(rt, sealed)
    except (FileNotFoundError, InvalidTag):
        raise _gone() from None
    return File(id=row.id, name=row.name, media_type=row.media_type, size=row.size), data


async def keep_outside_chat(
    rt: Runtime, *, employer_id: str | None, external_key: str, name: str, data: bytes
) -> Attachment:
    """A file an employer hands in for a case, or somebody brings to the window; a repeated key returns
    the first."""
    checked = await asyncio.to_thread(check_file, name=name, data=data)
    check_kind(checked)
    file_id = new_id()
    await asyncio.to_thread(_store, rt, file_id, checked.data)
    row = Attachment(
        id=file_id,
        employer_id=employer_id,
        external_key=external_key,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.data),
        sha256=hashlib.sha256(checked.data).hexdigest(),
        created_at=rt.clock.now(),
    )
    async with rt.db.write() as session:
        first = await session.scalar(
            select(Attachment).where(
                Attachment.employer_id == employer_id, Attachment.external_key == external_key
            )
        )
        if first is None:
            session.add(row)
    if first is not None:
        _path(rt, file_id).unlink(missing_ok=True)
    return first or row


async def open_file(rt: Runtime, *, file_id: str) -> tuple[File, bytes]:
    """Of a case; whoever calls has made sure that it may be shown."""
    async with rt.db.read() as session:
        row = await session.get(Attachment, file_id)
    return await _opened(rt, row)


async def sweep(rt: Runtime) -> int:
    """Drop files whose message was never stored; returns how many."""
    folder = _folder(rt)
    if not folder.is_dir():
        return 0
    async with rt.db.read() as session:
        known = set(await session.scalars(select(Attachment.id)))
    if not known:  # more likely the wrong database than a folder of orphans
        return 0
    oldest = (rt.clock.now() - timedelta(hours=ORPHAN_AFTER_H)).timestamp()
    orphans = [p for p in folder.iterdir() if p.stem not in known and p.stat().st_mtime < oldest]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


async def _append(
    rt: Runtime, conversation_id: str, key: str, file_id: str, checked: Checked, staff: StaffName | None
) -> tuple[MessageView, bool]:
    """The message's view, and whether it is this file's: the same key may have come twice at once."""
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
        if view := await _first(session, conversation, key):
            return view, False
        await _check_may_send(session, conversation, staff)
        size = len(checked.data)
        file = File(id=file_id, name=checked.name, media_type=checked.media_type, size=size)
        session.add(
            Attachment(
                id=file_id,
                conversation_id=conversation_id,
                external_key=key,
                name=checked.name,
                media_type=checked.media_type,
                size=size,
                sha256=hashlib.sha256(checked.data).hexdigest(),
                created_at=rt.clock.now(),
            )
        )
        message = append(
            session,
            rt,
            conversation=conversation,
            author=Author.STAFF if staff else Author.TALENT,
            author_name=staff.name if staff else None,
            content=Content(files=[file]),
            external_key=key,
        )
        handover = await open_handover(session, conversation_id=conversation_id)
        if staff and handover:
            note_reply(handover, at=rt.clock.now())
        await session.flush()
        if staff is None and guide_waits(conversation):
            payload = f'/upload_file{{"attachment": "{file_id}"}}'
            await hear(session, rt, conversation=conversation, message=message, text="", payload=payload)
        elif staff is None:
            said = Change(ControlEvent.TALENT_MESSAGE)
            await change_control(session, rt, conversation=conversation, change=said)
        await session.flush()
        return (await views(session, conversation_id=conversation_id, messages=[message]))[0], True


async def _first(session: AsyncSession, conversation: Conversation, key: str) -> MessageView | None:
    first = await session.scalar(
        select(Message).where(Message.conversation_id == conversation.id, Message.external_key == key)
    )
    if first is None:
        return None
    return (await views(session, conversation_id=conversation.id, messages=[first]))[0]


async def _check_may_send(session: AsyncSession, conversation: Conversation, staff: StaffName | None) -> None:
    if staff:
        handover = await open_handover(session, conversation_id=conversation.id)
        check_holder(situation_of(conversation, handover), staff.id)
        return
    check_not_blocked(conversation)
    if conversation.control not in _WITH_A_PERSON and not guide_waits(conversation):
        raise Refusal("no_person", sentence("files.not_waiting"), status=409)


def _store(rt: Runtime, file_id: str, data: bytes) -> None:
    folder = _folder(rt)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f"{file_id}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(vault.seal_bytes(rt, data))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(_path(rt, file_id))


def _folder(rt: Runtime) -> Path:
    return rt.settings.home / "attachments"


def _path(rt: Runtime, file_id: str) -> Path:
    return _folder(rt) / file_id


def _gone() -> Refusal:
    return Refusal("no_such_file", "没有找到这个文件，可能已被清理。", status=404)
