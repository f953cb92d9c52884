"""A new item, from a file or from the console, is applied for in the chat: no training, no code."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from bot.accounts.api import router as staff_router
from bot.accounts.permissions import Role
from bot.conversation import vault
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.runtime import Runtime
from bot.service.catalogue import refresh
from bot.service.items_api import router
from bot.service.models import ApplicationPart
from bot.service.seeds import load_seeds
from tests.accounts.staff_app import at_work, make_app, quick_hashing
from tests.actions.engine_double import EngineDouble

__all__ = ["quick_hashing"]
NEW_ITEM = """
items:
  - key: jn-youth-inn
    name: 青年驿站入住
    region: "370100"
    place: 济南市
    category: 住房
    phrasings: [住青年驿站, 申请驿站]
    lead_dept: 某部门
    department: jn-youth
    office: 某窗口
    basis: [{title: 某办法}]
    conditions: [来求职的高校毕业生]
    steps: [在这里登记, 安排入住]
    approval: {levels: [市], outcome: place}
    questions:
      - key: graduate
        label: 毕业生
        ask: 您是高校毕业生吗？
        options: [{value: "yes", title: 是}, {value: "no", title: 不是}]
    rules:
      - {when: {graduate: ["yes"]}, verdict: 符合, because: 面向高校毕业生。}
      - {when: {graduate: ["no"]}, verdict: 不符合, because: 只面向高校毕业生。}
    fields:
      - {key: name, label: 姓名, ask: 您的姓名？, kind: name, personal: true, error: 请只写姓名。}
      - {key: nights, label: 天数, ask: 想住几天？, kind: text, pattern: '[1-7]天', error: 请写1天到7天。}
"""


def _write(folder: Path) -> None:
    folder.mkdir()
    (folder / "new.yml").write_text(NEW_ITEM, "utf-8")


async def from_a_file(rt: Runtime, folder: Path) -> None:
    _write(folder)
    assert (await load_seeds(rt, folder=folder)).added == ["jn-youth-inn"]


async def from_the_console(rt: Runtime, folder: Path) -> None:
    await refresh(rt)
    staff = await at_work(make_app(rt, staff_router, router), rt, "publisher", Role.PUBLISHER)
    record = yaml.safe_load(NEW_ITEM)["items"][0]
    made = await staff.http.post("/api/console/items", json={"item": record})
    assert made.status_code == 201
    done = await staff.http.post("/api/console/items/jn-youth-inn/publish", json={"revision": 1})
    assert done.json()["published_version"] == 1
    await staff.http.aclose()


@pytest.mark.parametrize("publish", [from_a_file, from_the_console])
async def test_it_is_applied_for_in_the_chat(
    rt: Runtime, tmp_path: Path, publish: Callable[[Runtime, Path], Awaitable[None]]
) -> None:
    await publish(rt, tmp_path / "seeds")
    engine = EngineDouble(rt)
    now = rt.clock.now()
    async with rt.db.write() as session:
        session.add(
            Conversation(
                id=engine.conversation_id,
                channel=Channel.WEB,
                account="web",
                external_user="v",
                created_at=now,
                updated_at=now,
            )
        )
        await session.flush()
        vault.keep(
            session,
            rt,
            conversation_id=engine.conversation_id,
            secrets=[Secret("〔姓名1〕", "姓名", "孙小美")],
        )

    told = await engine.turn("我想住青年驿站", "start_application")
    assert "青年驿站入住 · 一次性告知" in told and "来求职的高校毕业生" in told
    assert "您是高校毕业生吗" in await engine.turn("继续填写")
    assert "面向高校毕业生。" in await engine.turn("是")
    assert "您的姓名？" in await engine.turn("继续")
    assert engine.slots["awaiting"] == "姓名"
    assert "想住几天？" in await engine.turn("〔姓名1〕")
    assert "请写1天到7天。" in await engine.turn("住一年")
    assert "〔姓名1〕" in await engine.turn("3天")
    await engine.press("确认提交")
    assert re.search(r"HC\d{8}-\d{5}", engine.said)

    async with rt.db.read() as session:
        (part,) = await session.scalars(select(ApplicationPart))
    assert (part.item, part.item_version, part.region, part.department) == (
        "jn-youth-inn",
        1,
        "370100",
        "jn-youth",
    )
    assert part.verdict == "符合" and part.levels == ["市"]
