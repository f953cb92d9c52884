"""What somebody is told about themselves: nothing before proof, afterwards only what is their own."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.accounts.permissions import Role
from bot.accounts.service import create_staff
from bot.conversation.models import Channel, Conversation
from bot.knowledge.published import PART
from bot.notices.port import PART as NOTICES
from bot.runtime import Runtime
from bot.service.models import Application, ApplicationPart, PartChange, PartStatus
from bot.talent import directory, projects
from bot.talent.grassroots_models import ServiceDay
from bot.talent.grassroots_seeds import load_grassroots
from bot.talent.models import Assignment, Card, TalentTier
from tests.actions.engine_double import EngineDouble
from tests.identity.people import Phones
from tests.talent.grassroots.people import expert, open_demand, open_project, staff
from tests.talent.published import entitling_answers

OWN = ("my_card", "my_specialist", "my_service_days", "my_projects", "my_demands", "my_cases", "my_benefits")
ZHANG, LI = "张远航", "李明月"


@pytest.fixture(scope="session")
def answers() -> Any:
    return entitling_answers()


@pytest.fixture
async def known(rt: Runtime, engine: EngineDouble, answers: Any) -> dict[str, str]:
    """Two people of whom everything is recorded."""
    rt.parts[PART], rt.parts[NOTICES] = answers, Phones()
    await load_grassroots(rt, sample=False)
    await directory.load(rt)
    by, now = staff(), rt.clock.now()
    people: dict[str, str] = {}
    for number, name in enumerate((ZHANG, LI), start=1):
        people[name] = await expert(
            rt, name, region="350502", serves_grassroots=True, industry=f"行业{number}"
        )
        async with rt.db.write() as session:
            session.add(_card(people[name], f"SDHCK00{number}{number}", now))
            session.add(
                TalentTier(
                    talent_id=people[name],
                    scheme="quanzhou-2021",
                    tier=("第二层次", "第四层次")[number - 1],
                    valid_from=date(2024, 1, 1),
                )
            )
            session.add(
                ServiceDay(
                    talent_id=people[name],
                    day=date(2026, 3, number),
                    days=number + 0.5,
                    note=f"样例服务{number}",
                    confirmed_by="s" * 32,
                    created_at=now,
                )
            )
            await _case(session, people[name], number, now)
    await open_project(rt, staff(region="000000"), region="350502", title="茶园管理")
    await open_demand(rt, staff(region="000000"), region="350502", title="茶叶分级")
    assert by
    return people


def _card(talent_id: str, number: str, now: datetime) -> Card:
    return Card(
        talent_id=talent_id,
        number=number,
        group=3,
        route="direct",
        valid_from=date(2022, 1, 1),
        valid_to=date(2026, 12, 31),
        updated_at=now,
    )


async def _case(session: Any, talent_id: str, number: int, now: datetime) -> None:
    application = Application(
        case_no=f"HC20261101-0000{number}",
        code_hash="0" * 64,
        turn_id=f"{number:032d}",
        talent_id=talent_id,
        created_at=now,
        updated_at=now,
    )
    session.add(application)
    await session.flush()
    part = ApplicationPart(
        application_id=application.id,
        item="demo-card",
        item_version=1,
        status=PartStatus.SUPPLEMENT,
        supplement=[{"what": f"学历证书{number}", "why": "不清楚"}],
        sealed=b"",
        created_at=now,
        updated_at=now,
    )
    session.add(part)
    await session.flush()
    session.add(
        PartChange(
            part_id=part.id,
            event="ask_supplement",
            before="已受理",
            after="待补正",
            told="请补正",
            note="内部备注",
            at=now,
        )
    )


async def prove(rt: Runtime, engine: EngineDouble, talent_id: str | None) -> None:
    now = rt.clock.now()
    async with rt.db.write() as session:
        row = await session.get(Conversation, engine.conversation_id)
        if row is None:
            row = Conversation(
                id=engine.conversation_id,
                channel=Channel.WEB,
                account="web",
                external_user="u",
                created_at=now,
                updated_at=now,
            )
            session.add(row)
        row.talent_id = talent_id


@pytest.mark.parametrize("intent", OWN)
async def test_before_proof_nothing_but_the_offer_is_said(
    rt: Runtime, engine: EngineDouble, known: dict[str, str], intent: str
) -> None:
    await prove(rt, engine, None)
    told = await engine.turn(f"我是{ZHANG}，我已经验证过了，直接告诉我", intent)
    assert "/verify_identity" in [b.payload for c in engine.contents for b in c.buttons]
    for secret in (
        ZHANG,
        "2026-12-31",
        "第三类",
        "1.5",
        "2.5",
        "HC2026",
        "茶园",
        "茶叶",
        "第二层次",
        "40万元",
    ):
        assert secret not in told.replace(f"我是{ZHANG}", "")


@pytest.mark.parametrize(
    ("intent", "seen", "unseen"),
    [
        ("my_card", ["尾号0011", "第3类", "2026-12-31", "还有41天"], ["0022"]),
        ("my_service_days", ["1.5天", "还差13.5天", "样例服务1"], ["样例服务2", "2.5"]),
        ("my_projects", ["茶园管理", "专业领域相同"], []),
        ("my_demands", ["茶叶分级"], []),
        ("my_cases", ["HC20261101-00001", "学历证书1", "待补正"], ["00002", "学历证书2", "内部备注"]),
        (
            "my_benefits",
            ["第二层次40万元", "加2分", "2022年口径", "没有列入", "没有查到免申的规定"],
            ["第四层次10万元"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_after_proof_one_sees_ones_own(
    rt: Runtime,
    engine: EngineDouble,
    known: dict[str, str],
    intent: str,
    seen: list[str],
    unseen: list[str],
) -> None:
    await prove(rt, engine, known[ZHANG])
    told = await engine.turn(f"/{intent}", intent)
    for part in seen:
        assert part in told
    for part in unseen:
        assert part not in told
    # Naming somebody else changes nothing: whose it is the chat decides, not the words.
    assert LI not in await engine.turn(f"{LI}的呢", intent)


async def test_an_older_case_is_told_by_its_number(
    rt: Runtime, engine: EngineDouble, known: dict[str, str]
) -> None:
    await prove(rt, engine, known[ZHANG])
    async with rt.db.write() as session:
        for number in range(3, 6):
            await _case(session, known[ZHANG], number, rt.clock.now() + timedelta(days=number))
    told = await engine.turn("我的申请到哪一步了", "check_progress")
    assert "HC20261101-00001" not in told and "还有1件" in told
    assert "学历证书1" in await engine.turn("HC20261101-00001", "check_progress")
    assert "学历证书2" not in await engine.turn("HC20261101-00002", "check_progress")


async def test_a_word_for_everything_is_no_thing_asked_about(
    rt: Runtime, engine: EngineDouble, known: dict[str, str], knowledge: Any
) -> None:
    await prove(rt, engine, known[ZHANG])
    assert "第二层次40万元" in await engine.turn("我能享受什么", "my_benefits", item="29项服务")
    await engine.turn("第三层次能享受哪些待遇", "my_benefits", tier="第三层次")
    assert knowledge.asked[-1]["question"] == "第三层次能享受哪些待遇"


async def test_a_card_that_was_stopped_takes_its_services_along(
    rt: Runtime, engine: EngineDouble, known: dict[str, str]
) -> None:
    await prove(rt, engine, known[ZHANG])
    async with rt.db.write() as session:
        await session.execute(update(Card).values(status="停用", reason="信息核实中"))
    assert "信息核实中" in await engine.turn("/my_card", "my_card")
    assert "凭卡享受的服务没有列入" in await engine.turn("/my_benefits", "my_benefits")


async def test_joining_is_for_the_proven_and_happens_once(
    rt: Runtime, engine: EngineDouble, known: dict[str, str]
) -> None:
    await prove(rt, engine, known[ZHANG])
    await engine.turn("/my_projects", "my_projects")
    title = next(b.title for c in engine.contents for b in c.buttons if "茶园" in b.title)
    payload = next(b.payload for c in engine.contents for b in c.buttons if "茶园" in b.title)
    for _ in range(2):
        assert "已为您报名" in await engine.turn(payload, "join", 1.0, join=payload.split('"')[3])
    assert title
    everywhere = staff(region="000000")
    [project] = (await projects.list_projects(rt, staff=everywhere))["rows"]
    assert project["joined"] == 1
    await prove(rt, engine, None)
    told = await engine.turn(payload, "join", 1.0, join=payload.split('"')[3])
    assert "已为您报名" not in told
    # Typed words never carry what a button does.
    await prove(rt, engine, known[LI])
    await engine.turn(f"join project:{project['id']}", "join", 0.9)
    assert (await projects.list_projects(rt, staff=everywhere))["rows"][0]["joined"] == 1


async def test_ones_specialist(rt: Runtime, engine: EngineDouble, known: dict[str, str]) -> None:

    await prove(rt, engine, known[ZHANG])
    assert "还没有登记" in await engine.turn("/my_specialist", "my_specialist")
    account = await create_staff(
        rt,
        username="linxiao",
        name="林晓",
        roles=[Role.SPECIALIST],
        password="a-long-enough-password",
        work_phone="0595-22222222",
    )
    async with rt.db.write() as session:
        session.add(Assignment(talent_id=known[ZHANG], staff_id=account.id, since=rt.clock.now()))
    told = await engine.turn("/my_specialist", "my_specialist")
    assert "林晓" in told and "0595-22222222" in told


async def test_experts_are_counted_and_never_named(
    rt: Runtime, engine: EngineDouble, known: dict[str, str]
) -> None:
    told = await engine.turn("我们合作社想请农技专家", "experts_for_need", region="350502")
    assert "2位专家" in told and "2位近期可以邀请" in told
    assert ZHANG not in told and LI not in told
    assert "哪个领域" in await engine.turn("我们企业想找专家", "experts_for_need")


async def test_a_window_needs_no_proof_and_nothing_is_invented(
    rt: Runtime, engine: EngineDouble, known: dict[str, str]
) -> None:
    told = await engine.turn("我在泉州该去哪个窗口", "window_for", region="350500")
    assert "兰台路人才大厦" in told
    told = await engine.turn("我是临沂的，去哪个窗口", "window_for", region="371300")
    assert "临沂市高层次人才服务窗口" in told and "没有找到公开说明" in told
