"""A centre after years: talents, employers and cases in bulk, the same for every run."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Role
from bot.conversation import vault
from bot.runtime import Runtime
from bot.service.case_levels import levels_for
from bot.service.models import ENDED, Application, ApplicationPart, Dispatch, PartChange, PartStatus
from bot.talent.models import Assignment, Card, Education, Talent, TalentTier
from bot.talent.network_models import Department, Employer
from bot.text import personal

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ITEMS = {"sd-huicaika": 0.4, "qz-recognition": 0.3, "qz-school": 0.2, "qz-housing": 0.1}
CITIES = [f"37{number:02d}00" for number in (*range(1, 12), *range(13, 18))] + ["350500", "370000"]
COUNTIES = ["370102", "370103", "370105", "350502", "350503", "350582"]
REGIONS = CITIES + COUNTIES * 2
DEPARTMENTS = [f"dept-{number}" for number in range(8)]
STATUSES = [PartStatus.DONE] * 55 + [PartStatus.RETURNED] * 12 + [PartStatus.WITHDRAWN] * 3
STATUSES += [PartStatus.SUBMITTED] * 6 + [PartStatus.ACCEPTED] * 4 + [PartStatus.REVIEW] * 8
STATUSES += [PartStatus.SUPPLEMENT] * 4 + [PartStatus.CONSULTED] * 4 + [PartStatus.PUBLICITY] * 3
STATUSES += [PartStatus.OBJECTED, PartStatus.ISSUING]
AT_ONCE = 500
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "伟芳娜敏静强磊军洋勇艳杰涛明超兰霞平刚桂"
SPECIALISTS = 40


async def fill(rt: Runtime, *, talents: int, cases: int) -> list[str]:
    """Ids of the parts made."""
    chance = random.Random(f"{talents}:{cases}")
    names = ["".join((chance.choice(_SURNAMES), *chance.choices(_GIVEN, k=2))) for _ in range(talents)]
    people = [_talent(rt, number, name, chance) for number, name in enumerate(names)]
    employers = [_employer(number, chance) for number in range(max(1, talents // 6))]
    for person in people:
        person["employer_id"] = chance.choice(employers)["id"]
    made = [_case(rt, number, chance.choice(people), chance) for number in range(cases)]
    async with rt.db.write() as session:
        await _add(session, StaffAccount, [_staff(number) for number in range(SPECIALISTS)])
        await _add(session, Department, [_department(key) for key in DEPARTMENTS])
        await _add(session, Employer, employers)
        await _add(session, Talent, people)
        await _add(session, TalentTier, [_tier(one, chance) for one in people if chance.random() < 0.7])
        await _add(session, Card, [_card(n, one, chance) for n, one in enumerate(people) if n % 3 == 0])
        await _add(session, Assignment, [_assignment(n, one) for n, one in enumerate(people)])
        await _add(session, Application, [one[0] for one in made])
        await _add(session, ApplicationPart, [one[1] for one in made])
        await _add(session, PartChange, [change for one in made for change in one[2]])
        await _add(session, Dispatch, [_dispatch(one[1], chance) for one in made if chance.random() < 0.15])
    async with rt.db.engine.connect() as connection:  # as a database in use has done long ago
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.exec_driver_sql("ANALYZE" if rt.db.is_sqlite else "VACUUM ANALYZE")
    return [one[1]["id"] for one in made]


async def _add(session: AsyncSession, model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        await session.execute(insert(model), rows[start : start + AT_ONCE])


def _id(kind: int, number: int) -> str:
    return f"{kind:02x}{number:030x}"


def _staff(number: int) -> dict[str, Any]:
    return {
        "id": _id(1, number),
        "username": f"staff{number}",
        "name": f"专员{number}",
        "password_hash": "-",
        "roles": [Role.SPECIALIST.value if number % 2 else Role.BACK_OFFICE.value],
        "region": REGIONS[number % len(REGIONS)],
        "active": True,
        "must_change_password": False,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _department(key: str) -> dict[str, Any]:
    more: dict[str, Any] = {"also": [], "duties": [], "source": "S003", "position": 0}
    return {"key": key, "name": f"部门{key}", "level": "市", "region": "350500", **more}


def _employer(number: int, chance: random.Random) -> dict[str, Any]:
    kind, industry = chance.choice(["企业", "高校", "医院"]), chance.choice(["石化", "机械制造", "教育"])
    place = {"region": chance.choice(REGIONS), "industry": industry, "active": True, "sample": True}
    return {"id": _id(2, number), "name": f"样例单位{number}", "kind": kind, **place, **_stamps(NOW)}


def _talent(rt: Runtime, number: int, name: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": _id(3, number),
        "name": name,
        "nationality": "中国",
        "id_kind": "身份证",
        "id_sealed": b"-",
        "id_fingerprint": f"{number:064x}",
        "id_hint": "110****1234",
        "phone_fingerprint": vault.fingerprint(rt, f"{personal.MOBILE}:138{number:08d}"),
        "education": chance.choice(list(Education)).value,
        "region": chance.choice(REGIONS),
        "industry": chance.choice(["石化", "机械制造", "教育", "卫生"]),
        "fields": ["新材料"],
        "honours": [],
        "departments": [],
        "top_school": False,
        "sample": True,
        "revision": 1,
        **_stamps(NOW),
    }


def _tier(person: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    tier = chance.choice(["第一层次", "第二层次", "第三层次", "第四层次", "第五层次"])
    return {
        "id": person["id"].replace("03", "04", 1),
        "talent_id": person["id"],
        "scheme": "quanzhou-2021",
        "tier": tier,
        "valid_from": date(2022, 1, 1),
        "valid_to": date(2028, 1, 1),
        "basis": "",
    }


def _card(number: int, person: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    term = {"valid_from": date(2022, 1, 1), "valid_to": date(2027, chance.randint(1, 12), 1)}
    return {
        "id": _id(5, number),
        "talent_id": person["id"],
        "kind": "山东惠才卡",
        "number": f"SD{number:08d}",
        "group": chance.randint(1, 5),
        "status": "有效",
        "updated_at": NOW,
        **term,
    }


def _assignment(number: int, person: dict[str, Any]) -> dict[str, Any]:
    return {"talent_id": person["id"], "staff_id": _id(1, number % SPECIALISTS), "since": NOW}


def _case(
    rt: Runtime, number: int, person: dict[str, Any], chance: random.Random
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    created = NOW - timedelta(minutes=chance.randint(0, 3 * 365 * 24 * 60))
    status, region = chance.choice(STATUSES), person["region"]
    ended = created + timedelta(days=20) if status in ENDED else None
    levels = levels_for(["县", "市", "省"], region)
    level = chance.randrange(len(levels))
    name = str(person["name"])
    application = {
        "id": _id(6, number),
        "case_no": f"HC{created:%Y%m%d}-{number:05d}",
        "code_hash": "-",
        "turn_id": _id(7, number),
        "talent_id": person["id"],
        "employer_id": person["employer_id"],
        "applicant": "本人",
        "name_hint": personal.hint_of(personal.NAME, name),
        "name_fingerprint": vault.fingerprint(rt, f"{personal.NAME}:{name}"),
        "phone_fingerprint": person["phone_fingerprint"],
        "closed_at": ended,
        "rating": chance.choice([5, 5, 4, 2]) if ended else None,
        **_stamps(created),
    }
    item = chance.choices(list(ITEMS), list(ITEMS.values()))[0]
    values = {"name": name, "phone": f"138{number:08d}", "city": region}
    part = {
        "id": _id(8, number),
        "application_id": application["id"],
        "position": 1,
        "item": item,
        "item_version": 1,
        "status": status.value,
        "version": 6,
        "levels": levels,
        "level": level,
        "review_level": levels[level] if status == PartStatus.REVIEW else None,
        "region": region,
        "department": chance.choice(DEPARTMENTS),
        "sealed": vault.seal(rt, json.dumps(values, ensure_ascii=False)),
        "facts": {"city": region},
        "staff_id": _id(1, chance.randrange(SPECIALISTS)),
        "due_at": None if ended else created + timedelta(days=chance.randint(5, 900)),
        "supplement": [],
        "supplements": chance.randint(0, 2),
        "decision": {"已办结": "通过", "已退回": "不予通过"}.get(status.value),
        "ended_at": ended,
        **_stamps(created),
    }
    way = ["已提交", "已受理", "审核中", "审核中", "公示中", status.value]
    changes = [
        {
            "id": f"09{number:025x}{step:05x}",
            "part_id": part["id"],
            "event": "submit" if step == 0 else "moved",
            "before": way[step - 1] if step else None,
            "after": after,
            "by": part["staff_id"],
            "told": "受理编号的办理情况",
            "at": created + timedelta(days=step),
        }
        for step, after in enumerate(way)
    ]
    return application, part, changes


def _dispatch(part: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    waits = part["status"] == PartStatus.CONSULTED
    return {
        "id": part["id"].replace("08", "0a", 1),
        "part_id": part["id"],
        "department": chance.choice(DEPARTMENTS),
        "question": "请核对",
        "asked_by": part["staff_id"],
        "asked_at": part["created_at"],
        "due_at": part["created_at"] + timedelta(days=7),
        "reminders": 0,
        "opinion": None if waits else "同意",
        "answered_at": None if waits else part["created_at"] + timedelta(days=5),
    }


def _stamps(moment: datetime) -> dict[str, Any]:
    return {"created_at": moment, "updated_at": moment}
