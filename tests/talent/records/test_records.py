"""Records: changing them, what they hold, what is logged, and that no number stands in clear."""

import asyncio
import logging
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.accounts.models import AuditEntry
from bot.accounts.permissions import Role
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import service
from bot.talent.models import Card, CardStatus, Talent, TalentChange, TalentTier
from bot.talent.rules import CardState, card_end, card_state, card_step, current_card, years_later
from bot.talent.schemas import CardBody, TalentEdit, TierBody
from bot.talent.service import TalentFilters, find_talents
from bot.talent.settings import setting
from tests.accounts.staff_app import Person, code
from tests.talent.records.people import PHONE, employer, id_of, member, signed_in, talent

LIXIA = "370102"


def body(**more: object) -> dict[str, object]:
    plain = {"name": "张三", "education": "博士", "region": LIXIA, "id_number": id_of(1), "phone": PHONE}
    return plain | more


async def test_a_record_is_made_changed_and_never_overwritten_unseen(office: Person) -> None:
    http = office.http
    made = (await http.post("/api/office/talents", json=body())).raise_for_status().json()
    assert (made["revision"], made["id_hint"], made["phone_hint"]) == (
        1,
        f"100****{id_of(1)[-4:]}",
        "164****9001",
    )
    path = f"/api/office/talents/{made['id']}"
    again = body(title="高级工程师", revision=1, id_number=None, phone=None)
    changed = (await http.put(path, json=again)).json()
    assert (changed["revision"], changed["title"], changed["phone_hint"]) == (2, "高级工程师", "164****9001")
    assert code(await http.put(path, json=again)) == (409, "changed_meanwhile")
    assert changed["changes"][0]["detail"] == {"fields": ["title"]}, "names of fields, no values"
    assert code(await http.post("/api/office/talents", json=body(name="李四"))) == (409, "id_taken")
    emptied = (await http.put(path, json=again | {"revision": 2, "phone": ""})).json()
    assert emptied["phone_hint"] is None


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"id_number": "100000198001010011"}, "invalid_id"),
    ({"id_number": None}, "no_id"),
    ({"phone": "12345678901"}, "invalid_phone"),
    ({"email": "nobody"}, "invalid_email"),
    ({"region": "999999"}, "unknown_region"),
    ({"employer_id": "0" * 32}, "unknown_employer"),
    ({"departments": ["no-such"]}, "unknown_department"),
    ({"id_kind": "护照", "id_number": "护照"}, "invalid_id"),
)


async def test_wrong_values_are_refused_in_words(office: Person) -> None:
    for wrong, expected in WRONG:
        got = await office.http.post("/api/office/talents", json=body(**wrong))
        assert code(got) == (422, expected), wrong


async def test_numbers_are_seen_in_clear_by_who_may_and_every_look_is_noted(
    app: FastAPI, rt: Runtime
) -> None:
    someone = await talent(rt, "张三", 1)
    path = f"/api/office/talents/{someone.id}/unmask"
    front = await signed_in(app, rt, "qiantai", Role.FRONT_DESK)
    assert code(await front.http.post(path, json={"fields": ["phone"]})) == (403, "not_allowed")
    back = await signed_in(app, rt, "houtai", Role.BACK_OFFICE)
    got = await back.http.post(path, json={"fields": ["phone", "id_number"]})
    assert got.json() == {"phone": PHONE, "id_number": id_of(1)}
    async with rt.db.read() as session:
        noted = await session.scalar(select(AuditEntry).where(AuditEntry.action == "talent.unmask"))
    assert noted is not None and (noted.subject, noted.detail) == (
        someone.id,
        {"fields": ["id_number", "phone"]},
    )
    for person in (front, back):
        await person.http.aclose()


async def test_a_number_is_looked_for_in_the_body_and_not_in_the_address(office: Person, rt: Runtime) -> None:
    await talent(rt, "张三", 1)
    for value in (PHONE, id_of(1), id_of(1).lower()):
        found = (await office.http.post("/api/office/talents/find", json={"value": value})).json()
        assert [row["name"] for row in found["rows"]] == ["张三"]
    refused = await office.http.get("/api/office/talents", params={"query": PHONE})
    assert code(refused) == (422, "use_find")


async def test_search_and_filters(rt: Runtime) -> None:
    unit = await employer(rt, "样例机械100%有限公司")
    one = await talent(rt, "张三丰", 1, employer_id=unit, industry="机械制造", expert=True)
    two = await talent(rt, "Anna Berg", 2, education="硕士", region="350503", nationality="德国")
    staff = await member(rt, "houtai", Role.BACK_OFFICE)
    today = rt.clock.now().date()
    async with rt.db.write() as session:
        tier = TierBody(scheme="quanzhou-2021", tier="第三层次", valid_from=date(2024, 1, 1))
        await service.add_tier(session, rt, talent_id=two.id, tier=tier, by=None)
        card = CardBody(number="鲁A1", valid_from=date(2020, 1, 1), valid_to=today)
        await service.issue_card(session, rt, talent_id=one.id, card=card, by=None)

    async def found(query: str = "", **filters: object) -> list[str]:
        wanted = TalentFilters(**filters)  # type: ignore[arg-type]
        return [
            row["name"] for row in (await find_talents(rt, staff=staff, query=query, filters=wanted)).rows
        ]

    assert await found() == ["Anna Berg", "张三丰"], "newest first"
    assert await found("三丰") == await found("机械") == await found("100%") == ["张三丰"]
    assert await found("10_%") == [] and await found("berg") == ["Anna Berg"]
    assert await found(tier="第三层次") == await found(tier="quanzhou-2021:第三层次") == ["Anna Berg"]
    assert await found(tier="quanzhou-2017") == [], "tiers of another version are other tiers"
    assert await found(card="有效") == ["张三丰"] and await found(card="none") == ["Anna Berg"]
    assert await found(card="已到期") == []
    assert await found(region="350000") == await found(education="硕士") == ["Anna Berg"]
    assert await found(industry="机械制造", expert=True, employer_id=unit) == ["张三丰"]
    assert set(await found(specialist_id="none")) == {"Anna Berg", "张三丰"}


async def test_a_newer_tier_of_the_scheme_ends_the_former_and_no_other(rt: Runtime) -> None:
    someone = await talent(rt, "张三", 1)

    async def add(scheme: str, tier: str, start: date) -> TalentTier:
        async with rt.db.write() as session:
            given = TierBody(scheme=scheme, tier=tier, valid_from=start)
            return await service.add_tier(session, rt, talent_id=someone.id, tier=given, by=None)

    await add("quanzhou-2017", "第四层次", date(2019, 3, 1))
    await add("quanzhou-2021", "第五层次", date(2022, 3, 1))
    last = await add("quanzhou-2021", "第三层次", date(2024, 3, 1))
    assert last.valid_to == date(2030, 2, 28), "six years"
    async with rt.db.read() as session:
        rows = await session.scalars(select(TalentTier).order_by(TalentTier.valid_from))
        assert [row.valid_to for row in rows] == [None, date(2024, 2, 29), date(2030, 2, 28)]
    late = await add("quanzhou-2021", "第四层次", date(2023, 3, 1))  # entered after those that followed it
    assert late.valid_to == date(2024, 2, 29)
    for scheme, tier in (("quanzhou-2017", "第六层次"), ("nowhere", "第一层次")):
        with pytest.raises(Refusal) as refused:
            await add(scheme, tier, date(2025, 1, 1))
        assert refused.value.code == "unknown_tier"


async def test_cards_one_is_valid_and_taking_it_away_needs_a_reason(office: Person, rt: Runtime) -> None:
    someone = await talent(rt, "张三", 1)
    path = f"/api/office/talents/{someone.id}/cards"
    await office.http.post(path, json={"number": "A1", "valid_from": "2021-03-02"})
    second = (await office.http.post(path, json={"number": "A2", "valid_from": "2026-03-02"})).json()
    assert [(card["number"], card["state"], card["valid_to"]) for card in second["cards"]] == [
        ("A1", "已换发", "2026-03-01"),
        ("A2", "有效", "2031-03-01"),
    ]
    assert code(await office.http.post(path, json={"number": "A2", "valid_from": "2026-04-02"})) == (
        409,
        "card_known",
    )
    card = f"{path}/{second['card']['id']}"
    assert code(await office.http.put(card, json={"status": "停用"})) == (422, "no_reason")
    stopped = await office.http.put(card, json={"status": "停用", "reason": "单位提出意见"})
    assert stopped.json()["card"]["state"] == "停用"
    assert (await office.http.put(card, json={"status": "有效"})).json()["card"]["state"] == "有效"
    await office.http.put(card, json={"status": "收回", "reason": "省厅同意收回"})
    assert code(await office.http.put(card, json={"status": "有效"})) == (409, "card_step")
    other = await talent(rt, "李四", 2)
    stranger = f"/api/office/talents/{other.id}/cards/{second['card']['id']}"
    assert code(await office.http.put(stranger, json={"status": "停用", "reason": "错"})) == (
        404,
        "not_found",
    )


def test_terms_of_cards() -> None:
    start = date(2024, 3, 2)
    managed, contract = date(2027, 12, 31), date(2026, 6, 30)
    assert card_end(valid_from=start, managed_until=managed, contract_until=contract) == managed
    assert card_end(valid_from=start, managed_until=None, contract_until=contract) == contract
    assert card_end(valid_from=start, managed_until=None, contract_until=None) == date(2029, 3, 1)
    assert years_later(date(2024, 2, 29), 5) == date(2029, 2, 28)
    card = Card(status=CardStatus.VALID, valid_from=start, valid_to=date(2026, 1, 31))
    assert card_state(card, date(2026, 1, 31)) == CardState.VALID
    assert card_state(card, date(2026, 2, 1)) == CardState.EXPIRED
    card.status = CardStatus.SUSPENDED
    assert card_state(card, date(2026, 2, 1)) == CardState.SUSPENDED
    old = Card(status=CardStatus.REPLACED, valid_from=date(2025, 1, 1), valid_to=None)
    assert current_card([old, card]) is card and current_card([old]) is None
    final = (CardStatus.WITHDRAWN, CardStatus.REPLACED)
    assert not any(card_step(before, after) for before in final for after in CardStatus)


async def test_the_log_of_changes_cannot_be_rewritten(rt: Runtime) -> None:
    await talent(rt, "张三", 1)
    for statement in (update(TalentChange).values(why="别的"), delete(TalentChange)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with rt.db.write() as session:
                await session.execute(statement)


async def test_a_person_is_found_by_name_and_last_six_alone(rt: Runtime) -> None:
    first, second = await talent(rt, "张三", 1), await talent(rt, "张三", 2)
    foreign = TalentEdit.model_validate(
        body(name="Anna  Berg", id_kind="护照", id_number="zz0000007", phone=None)
    )
    async with rt.db.write() as session:
        anna = await service.save_talent(session, rt, talent_id=None, edit=foreign, staff=None)

    async def found(name: str, last6: str) -> list[str]:
        async with rt.db.read() as session:
            return await service.find_by_name_and_last6(session, rt, name=name, last6=last6)

    assert await found(" 张三 ", id_of(1)[-6:].lower()) == [first.id]
    assert await found("张三", id_of(2)[-6:]) == [second.id]
    assert await found("anna berg", "000007") == [anna.id]
    for name, last6 in (
        ("张三", "000000"),
        ("李四", id_of(1)[-6:]),
        ("张三", ""),
        ("", id_of(1)[-6:]),
        ("张", "6"),
    ):
        assert await found(name, last6) == []
    async with rt.db.read() as session:
        assert await service.phone_of(session, rt, talent_id=first.id) == PHONE
        assert await service.phone_of(session, rt, talent_id=anna.id) is None
        assert await service.find_by_id_number(session, rt, kind="身份证", number=id_of(2)) == second.id


async def test_no_number_stands_in_clear_in_the_database_or_the_log(
    office: Person, rt: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    email = "zhangsan@example.com"
    made = (await office.http.post("/api/office/talents", json=body(email=email))).json()
    await office.http.post("/api/office/talents/find", json={"value": PHONE})
    await office.http.get(f"/api/office/talents/{made['id']}")
    await office.http.post("/api/office/talents", json=body(name="李四"))  # refused by the unique index
    async with rt.db.read() as session:
        if rt.db.is_sqlite:
            path = Path(str(rt.db.engine.url.database))
            stored = b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
        else:
            tables = await session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
            rows = [await session.execute(text(f'SELECT t::text FROM "{name}" t')) for name in tables]
            stored = "".join(str(row[0]) for found in rows for row in found).encode()
    assert "张三".encode() in stored
    for secret in (id_of(1), PHONE, email):
        assert secret.encode() not in stored
        assert secret not in caplog.text


async def test_settings_say_which_are_the_centres_own(app: FastAPI, office: Person, rt: Runtime) -> None:
    rows = {row["key"]: row for row in (await office.http.get("/api/office/settings")).json()["rows"]}
    assert (rows["service_days_a_year"]["value"], rows["service_days_a_year"]["own"]) == (15, False)
    assert rows["publicity_days"]["own"], "no document states it"
    path = "/api/office/settings/publicity_days"
    assert code(await office.http.put(path, json={"value": 7, "seen": 5})) == (403, "not_allowed")
    boss = await signed_in(app, rt, "zhuguan", Role.SUPERVISOR)
    assert await setting(rt, "publicity_days") == 5
    assert (await boss.http.put(path, json={"value": 7, "seen": 5})).json()["value"] == 7
    assert await setting(rt, "publicity_days") == 7
    assert code(await boss.http.put(path, json={"value": 9, "seen": 5})) == (409, "changed_meanwhile")
    assert code(await boss.http.put(path, json={"value": 0, "seen": 7})) == (422, "out_of_range")
    county = await signed_in(app, rt, "xian", Role.SUPERVISOR, region=LIXIA)
    assert code(await county.http.put(path, json={"value": 8, "seen": 7})) == (403, "out_of_reach")
    with pytest.raises(KeyError):
        await setting(rt, "no_such_figure")
    for person in (boss, county):
        await person.http.aclose()


async def test_one_record_for_one_id_number_when_two_enter_it_at_once(rt: Runtime) -> None:
    results = await asyncio.gather(
        *(talent(rt, name, 7) for name in ("张三", "李四", "王五")), return_exceptions=True
    )
    assert sum(isinstance(one, Talent) for one in results) == 1
    assert {one.code for one in results if isinstance(one, Refusal)} == {"id_taken"}
