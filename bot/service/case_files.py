"""Files of a case: those of the chat or the employer, and what people hand in at the window."""

from sqlalchemy import select

from bot.accounts.permissions import Permission, Staff
from bot.conversation.attachments import keep_outside_chat, open_file
from bot.conversation.content import File
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_scope import access_part
from bot.service.case_work import check_may, note
from bot.service.models import PartMaterial


async def read_case_file(rt: Runtime, *, part_id: str, file_id: str, staff: Staff) -> tuple[File, bytes]:
    """Only a file of this very part, within scope; each look is noted once an hour."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff)
        known = select(PartMaterial.id).where(
            PartMaterial.part_id == part_id, PartMaterial.attachment_id == file_id
        )
        if await session.scalar(known.limit(1)) is None:
            raise Refusal("no_such_file", "没有找到这个文件，可能已被清理。", status=404)
        await note(
            session,
            rt,
            staff=staff,
            deed="file",
            subject=case.application.case_no,
            detail={"file": file_id},
            once_key=f"case.file:{staff.id}:{file_id}:{now:%Y%m%d%H}",
        )
    return await open_file(rt, file_id=file_id)


async def keep_file(
    rt: Runtime, *, part_id: str, staff: Staff, key: str, name: str, data: bytes
) -> dict[str, str]:
    """What somebody brings to the window, to be named in a supplement; the same key keeps one."""
    check_may(staff, Permission.CASE_INTAKE)
    async with rt.db.read() as session:
        await access_part(session, rt, part_id=part_id, by=staff)
    row = await keep_outside_chat(
        rt, employer_id=None, external_key=f"case:{part_id}:{key}", name=name, data=data
    )
    return {"id": row.id, "name": row.name}


async def refuse_file(rt: Runtime, *, part_id: str, file_id: str, staff: Staff, why: str | None) -> None:
    """Mark one as unusable, and why; None takes the mark back."""
    check_may(staff, Permission.CASE_INTAKE, Permission.CASE_REVIEW)
    async with rt.db.write() as session:
        case = await access_part(session, rt, part_id=part_id, by=staff, lock=True)
        found = list(
            await session.scalars(
                select(PartMaterial).where(
                    PartMaterial.part_id == part_id, PartMaterial.attachment_id == file_id
                )
            )
        )
        if not found:
            raise Refusal("no_such_file", "没有找到这个文件，可能已被清理。", status=404)
        for row in found:
            row.refused_why = why
        await note(session, rt, staff=staff, deed="file_refused", subject=case.application.case_no)
