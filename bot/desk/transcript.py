"""A talk as a file: redacted for anybody outside, full for staff with the notes and the values in clear."""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission, Staff
from bot.accounts.service import staff_names
from bot.conversation import vault
from bot.conversation.chat_access import Chat, access_chat
from bot.conversation.content import Content, File
from bot.conversation.log import with_hints
from bot.conversation.models import Author, Channel, Message, VaultEntry
from bot.desk.access import note_deed, scope_of
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime

REPLACED = "［已隐去］"
_AUTHORS = {Author.TALENT: "人才", Author.ASSISTANT: "智能助手", Author.SYSTEM: "系统", Author.STAFF: "专员"}
_CHANNELS = {Channel.WEB: "网页", Channel.WECHAT: "微信"}
_FONT = "宋体"


class Form(StrEnum):
    REDACTED = "redacted"  # personal values gone altogether, no notes
    FULL = "full"


class FileType(StrEnum):
    TXT = "txt"
    DOCX = "docx"


@dataclass(frozen=True)
class Line:
    at: str
    who: str
    text: str


@dataclass(frozen=True)
class Transcript:
    title: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]


MEDIA = {
    FileType.TXT: "text/plain; charset=utf-8",
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


async def export(
    rt: Runtime, *, conversation_id: str, staff: Staff, form: Form, file_type: FileType
) -> tuple[str, bytes]:
    """File name and bytes; audited in the transaction that reads."""
    if form == Form.FULL and Permission.DESK_UNMASK not in staff.permissions:
        raise Refusal("not_allowed", "您没有导出完整记录的权限，可以导出隐去个人信息的版本。", status=403)
    async with rt.db.write() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        transcript = await _transcript(session, rt, chat=chat, form=form)
        await note_deed(
            session,
            rt,
            staff=staff,
            deed="export",
            subject=conversation_id,
            detail={"form": form.value, "type": file_type.value, "messages": len(transcript.lines)},
        )
    day = rt.clock.now().astimezone(SHANGHAI)
    name = f"会话记录-{conversation_id[-8:]}-{day:%Y%m%d}.{file_type.value}"
    data = _as_text(transcript) if file_type == FileType.TXT else _as_word(transcript)
    return name, data


async def _transcript(session: AsyncSession, rt: Runtime, *, chat: Chat, form: Form) -> Transcript:
    talk, episode = chat.conversation, chat.handover
    query = select(Message).where(Message.conversation_id == talk.id)
    if chat.until_seq is not None:
        query = query.where(Message.seq <= chat.until_seq)
    if form == Form.REDACTED:
        query = query.where(Message.internal.is_(False))
    values = await _values(session, rt, conversation_id=talk.id, form=form)
    rows = await session.scalars(query.order_by(Message.seq))
    lines = tuple(_line(message, values, named=form == Form.FULL) for message in rows)
    names = await staff_names(session, {episode.staff_id})
    head = [
        f"会话编号：{talk.id}",
        f"渠道：{_CHANNELS[Channel(talk.channel)]}",
        f"服务类别：{episode.category}",
        f"申请人工时间：{_local(episode.requested_at)}",
        f"接待专员：{names.get(episode.staff_id) or '—'}",
    ]
    if episode.ended_at:
        head.append(f"结束时间：{_local(episode.ended_at)}")
    head.append(f"导出时间：{_local(rt.clock.now())}（北京时间）")
    if form == Form.REDACTED:
        return Transcript("会话记录（已隐去个人信息）", tuple(head), lines)
    return Transcript("会话记录（完整，仅限内部使用）", tuple(head), lines)


async def _values(session: AsyncSession, rt: Runtime, *, conversation_id: str, form: Form) -> dict[str, str]:
    """Token → what stands in its place."""
    entries = list(
        await session.scalars(select(VaultEntry).where(VaultEntry.conversation_id == conversation_id))
    )
    if form == Form.REDACTED:
        return {entry.token: REPLACED for entry in entries}
    return {entry.token: vault.open_sealed(rt, entry.sealed) for entry in entries}


def _line(message: Message, values: dict[str, str], *, named: bool) -> Line:
    """Files are named in full only: people call them by their own names."""
    content = Content.model_validate(message.content)
    who = _AUTHORS[Author(message.author)]
    if message.author_name:
        who = f"{who} {message.author_name}"
    if message.internal:
        who = f"{who}（内部备注）"
    parts: list[Any] = [content.model_copy(update={"files": []}).plain_text()]
    parts += [f"［文件］{file.name if named else _kind(file)}" for file in content.files]
    parts += [f"依据：{source.title}{source.number or ''}" for source in content.sources]
    text = "\n".join(part for part in parts if part)
    return Line(_local(message.created_at), who, str(with_hints(text, values)))


def _kind(file: File) -> str:
    return "图片" if file.media_type.startswith("image/") else file.name.rpartition(".")[2]


def _local(moment: Any) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _as_text(transcript: Transcript) -> bytes:
    blocks = [transcript.title, *transcript.head, ""]
    for line in transcript.lines:
        blocks += [f"[{line.at}] {line.who}", line.text, ""]
    # The mark is for Windows' editors, which take the bytes for GBK without it.
    return "\ufeff".encode() + "\r\n".join("\r\n".join(b.split("\n")) for b in blocks).encode()


def _as_word(transcript: Transcript) -> bytes:
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    document.add_heading(transcript.title, level=1)
    for entry in transcript.head:
        document.add_paragraph(entry)
    for line in transcript.lines:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"[{line.at}] {line.who}").bold = True
        document.add_paragraph(line.text)
    data = BytesIO()
    document.save(data)
    return data.getvalue()
