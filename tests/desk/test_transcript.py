"""A talk as a file: what it says, what it leaves out, and that each export is audited."""

from io import BytesIO
from uuid import uuid4

import pytest
from docx import Document
from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.runtime import Runtime
from tests.accounts.staff_app import Person, code
from tests.desk.offices import join
from tests.desk.steps import note, say
from tests.desk.talents import Talent

PHONE = "13800138000"
NUMBER = "11010519491231002X"


@pytest.fixture
async def talk(lin: Person, held: Talent) -> Talent:
    await held.say(f"我的手机号是{PHONE}，身份证{NUMBER}")
    await say(lin, held, f"好的，稍后打{PHONE}")
    await note(lin, held, f"打过{PHONE}，语气急")
    return held


async def exported(person: Person, talent: Talent, form: str, file_type: str) -> str:
    response = await person.http.get(f"{talent.path}/transcript", params={"form": form, "type": file_type})
    response.raise_for_status()
    assert "attachment" in response.headers["content-disposition"]
    if file_type == "txt":
        return response.content.decode("utf-8-sig")
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(response.content)).paragraphs)


@pytest.mark.parametrize("file_type", ["txt", "docx"])
async def test_a_redacted_transcript_holds_no_value_hint_or_note(
    lin: Person, talk: Talent, file_type: str
) -> None:
    text = await exported(lin, talk, "redacted", file_type)
    assert "惠才卡有效期几年？" in text
    assert "好的，稍后打［已隐去］" in text
    for hidden in (PHONE, NUMBER, "138****", "1101", "〔", "语气急", "内部备注"):
        assert hidden not in text
    assert "2026-11-20 09:30" in text  # Shanghai
    assert lin.name in text


async def test_what_people_call_their_files_is_in_the_full_form_only(lin: Person, talk: Talent) -> None:
    url = f"{talk.path}/files"
    sent = await lin.http.post(
        url, params={"name": "张三的证明.txt", "key": str(uuid4())}, content="证明".encode()
    )
    sent.raise_for_status()
    assert "［文件］txt" in (redacted := await exported(lin, talk, "redacted", "txt"))
    assert "张三" not in redacted
    assert (await exported(lin, talk, "full", "txt")).count("张三的证明.txt") == 1


@pytest.mark.parametrize("file_type", ["txt", "docx"])
async def test_a_full_transcript_is_for_staff_and_holds_everything(
    lin: Person, talk: Talent, file_type: str
) -> None:
    text = await exported(lin, talk, "full", file_type)
    for shown in (PHONE, NUMBER, "语气急", "内部备注", "仅限内部使用"):
        assert shown in text


async def test_exports_are_audited_without_what_they_hold(rt: Runtime, lin: Person, talk: Talent) -> None:
    await exported(lin, talk, "redacted", "txt")
    await exported(lin, talk, "full", "docx")
    async with rt.db.read() as session:
        rows = list(
            await session.scalars(
                select(AuditEntry).where(AuditEntry.action == "desk.export").order_by(AuditEntry.id)
            )
        )
    assert [(row.staff_id, row.detail["form"], row.detail["type"]) for row in rows] == [
        (lin.id, "redacted", "txt"),
        (lin.id, "full", "docx"),
    ]
    assert PHONE not in str([row.detail for row in rows])


async def test_who_may_not_export_or_unmask_gets_nothing(
    app: FastAPI, rt: Runtime, team: str, zhou: Person, talk: Talent
) -> None:
    refused = await zhou.http.get(f"{talk.path}/transcript")
    assert code(refused) == (403, "not_allowed")
    inspector = await join(app, rt, "zhijian", Role.INSPECTOR, team=team)
    assert code(await inspector.http.get(f"{talk.path}/transcript")) == (403, "not_allowed")
