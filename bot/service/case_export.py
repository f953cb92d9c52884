"""The list as a workbook: as filtered, names masked unless the account may see them in clear."""

import asyncio
import json
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from sqlalchemy import ColumnElement, and_, or_, select

from bot.accounts.permissions import Permission, Staff
from bot.conversation import vault
from bot.desk.manage.workbook import cell_of
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.service.case_list import CaseFilter, conditions, rows_of
from bot.service.case_moves import item_of
from bot.service.case_work import check_may, note
from bot.service.filled import Answers, applicant_of
from bot.service.models import Application, ApplicationPart
from bot.texts import sentence

MOST = 20_000
_PART = 500
_COLUMNS = (
    "case_no",
    "item_name",
    "applicant",
    "applicant_kind",
    "employer_name",
    "region_name",
    "status",
    "level",
    "department_name",
    "staff_name",
    "verdict",
    "supplements",
    "created_at",
    "updated_at",
    "ended_at",
    "rating",
)


async def export(rt: Runtime, *, staff: Staff, which: CaseFilter, clear: bool) -> bytes:
    """`clear` adds names and telephones, for who may unmask; both are noted."""
    check_may(staff, Permission.CASE_EXPORT)
    if clear:
        check_may(staff, Permission.DESK_UNMASK)
    columns = (*_COLUMNS, "name", "phone") if clear else _COLUMNS
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sentence("cases.sheet"))
    sheet.freeze_panes = "B2"
    sheet.append([cell_of(sheet, sentence(f"cases.column_{column}")) for column in columns])
    count = 0
    async with rt.db.read() as session:
        condition = await conditions(session, rt, staff=staff, which=which)
        query = (
            select(ApplicationPart, Application)
            .join(Application, Application.id == ApplicationPart.application_id)
            .where(*condition)
            .order_by(ApplicationPart.created_at.desc(), ApplicationPart.id.desc())
        )
        page = query
        for _ in range(0, MOST, _PART):
            found = [(p, a) for p, a in await session.execute(page.limit(_PART))]
            for row, (part, _) in zip(await rows_of(session, rt, found), found, strict=True):
                more = _clear(rt, part) if clear else {}
                sheet.append([cell_of(sheet, _shown((row | more).get(column))) for column in columns])
            count += len(found)
            session.expunge_all()
            if len(found) < _PART:
                break
            # From the last one on, not by number: what is handed in meanwhile moves nothing.
            page = query.where(_before(found[-1][0]))
        else:
            raise Refusal("too_many", "一次最多导出 20000 件，请缩小范围后再导出。", status=422)
    async with rt.db.write() as session:
        subject = which.item or which.region or "all"
        await note(
            session, rt, staff=staff, deed="export", subject=subject, detail={"rows": count, "clear": clear}
        )
    buffer = BytesIO()
    await asyncio.to_thread(book.save, buffer)
    return buffer.getvalue()


def _before(last: ApplicationPart) -> ColumnElement[bool]:
    part = ApplicationPart
    same = and_(part.created_at == last.created_at, part.id < last.id)
    return or_(part.created_at < last.created_at, same)


def _clear(rt: Runtime, part: ApplicationPart) -> dict[str, str]:
    item = item_of(rt, part)
    values = json.loads(vault.open_sealed(rt, part.sealed))
    return {kind.value: text for kind, text in applicant_of([Answers(item, values)]).items()} if item else {}


def _shown(value: Any) -> Any:
    if hasattr(value, "astimezone"):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return value
