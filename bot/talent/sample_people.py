"""Fictitious employers and talents to try the service with. Pure: same seed and day, same people."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import yaml

from bot.settings import PROJECT
from bot.talent.models import CardStatus, Education, Origin
from bot.text.personal import id_check_digit

_FILE = PROJECT / "data" / "talent" / "sample.yml"
_EDUCATIONS = (Education.DOCTOR, Education.MASTER, Education.BACHELOR, Education.COLLEGE)
_QUANZHOU = ("第一层次", "第二层次", "第三层次", "第四层次", "第五层次", "第六层次", "第七层次")
_PROGRAMMES = (
    ("泰山学者", "省", "泰山学者"),
    ("泰山产业领军人才", "省", "泰山系列"),
    ("省突出贡献中青年专家", "省", "省级人才工程"),
    ("百千万人才工程国家级人选", "国家", "百千万人才工程"),
    ("国务院政府特殊津贴", "国家", "国家级人才工程"),
)
_MANY_DAYS = 366


@dataclass(frozen=True)
class SampleEmployer:
    name: str
    kind: str
    region: str
    industry: str


@dataclass(frozen=True)
class SampleTerm:
    """A tier (scheme, tier) or a card (number, group, route, status) with its days."""

    values: dict[str, Any]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class SamplePerson:
    values: dict[str, Any]  # fields of TalentEdit but the employer's id
    employer: str
    tiers: list[SampleTerm] = field(default_factory=list)
    cards: list[SampleTerm] = field(default_factory=list)
    programmes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class SampleWorld:
    employers: list[SampleEmployer]
    people: list[SamplePerson]
    institutions: list[dict[str, Any]]
    providers: list[dict[str, Any]]


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return data


def sample_world(*, today: date, count: int | None = None) -> SampleWorld:
    """`count` people, the known ones first; more than the file says for measurements."""
    data = _data()
    chance = random.Random(data["seed"])
    employers = list(_employers(data))
    people = [_known(one, today) for one in data["known"]]
    wanted = count or data["talents"]
    names = _names(data, chance, taken={one.values["name"] for one in people})
    by_place: dict[str, list[SampleEmployer]] = {}
    for employer in employers:
        by_place.setdefault(employer.region, []).append(employer)
    places = [one["region"] for one in data["regions"]]
    weights = [one["weight"] for one in data["regions"]]
    for number in range(len(people), wanted):
        region = chance.choices(places, weights)[0]
        employer = chance.choice(by_place[region])
        people.append(_person(data, chance, next(names), number, employer, today))
    return SampleWorld(employers, people, data["institutions"], data["providers"])


def sample_id(*, birth: date, sequence: int) -> str:
    """A number with a right check digit whose region no place has."""
    body = f"{_data()['id_region']}{sequence // 1000:02}{birth:%Y%m%d}{sequence % 1000:03}"
    return body + id_check_digit(body)


def _employers(data: dict[str, Any]) -> Iterator[SampleEmployer]:
    """A few in each place, those of the known people among them."""
    stems = [(stem, industry) for industry in data["industries"] for stem in industry["employers"]]
    known = {one["employer"] for one in data["known"]}
    few = data["employers_in_place"]
    for number, place in enumerate(data["regions"]):
        chosen = {(number * few + step) % len(stems) for step in range(few)}
        for index, (stem, industry) in enumerate(stems):
            name = f"{stem}（{place['city']}）"
            if index in chosen or name in known:
                yield SampleEmployer(name, industry["kind"], place["region"], industry["name"])


def _names(data: dict[str, Any], chance: random.Random, *, taken: set[str]) -> Iterator[str]:
    while True:
        name = chance.choice(data["surnames"]) + chance.choice(data["marks"]) + chance.choice(data["given"])
        if name not in taken or chance.random() < 0.01:  # now and then two people share a name
            taken.add(name)
            yield name


def _person(
    data: dict[str, Any],
    chance: random.Random,
    name: str,
    number: int,
    employer: SampleEmployer,
    today: date,
) -> SamplePerson:
    industry = next(
        one
        for one in data["industries"]
        if one["name"] == employer.industry and any(stem in employer.name for stem in one["employers"])
    )
    birth = date(chance.randint(1962, 1999), chance.randint(1, 12), chance.randint(1, 28))
    foreign = chance.random() < 0.04
    nationality = chance.choice(data["nationalities"]) if foreign else "中国"
    if foreign:
        name = f"{chance.choice(data['foreign_given'])} {chance.choice(data['foreign'])} {number}"
    education = chance.choices(_EDUCATIONS, (45, 30, 20, 5))[0]
    arrived = today - timedelta(days=chance.randint(20, 3650))
    programme = _programme(chance, today) if chance.random() < 0.25 else None
    values = {
        "name": name,
        "gender": chance.choice("男女"),
        "birth_year": birth.year,
        "nationality": nationality,
        "id_kind": "护照" if foreign else "身份证",
        "id_number": f"ZZ{number:07}" if foreign else sample_id(birth=birth, sequence=number),
        "phone": f"{data['phone_prefix']}{number:04}",
        "education": education,
        "top_school": chance.random() < 0.4,
        "school": chance.choice(data["institutions"])["name"],
        "title": chance.choice(industry["titles"]),
        "industry": industry["name"],
        "fields": chance.sample(industry["fields"], 1),
        "region": employer.region,
        "origin": chance.choice(list(Origin)),
        "arrived_on": arrived,
        "fulltime": chance.random() < 0.85,
        "honours": [programme.pop("honour")] if programme else [],
        "postdoc": chance.choice(["在站", "出站"])
        if education == Education.DOCTOR and chance.random() < 0.1
        else None,
        "expert": chance.random() < 0.2,
        "serves_grassroots": chance.random() < 0.2,
        "departments": ["qz-jyj"] if employer.region.startswith("3505") and chance.random() < 0.3 else [],
    }
    return SamplePerson(
        values,
        employer.name,
        _tiers(chance, employer.region, today),
        _cards(chance, employer.region, number, today),
        [programme] if programme else [],
    )


def _programme(chance: random.Random, today: date) -> dict[str, Any]:
    name, level, honour = chance.choice(_PROGRAMMES)
    year = today.year - chance.randint(0, 6)
    managed = date(year + 5, 12, 31) if level == "省" else None
    return {"name": name, "level": level, "year": year, "valid_to": managed, "honour": honour}


def _tiers(chance: random.Random, region: str, today: date) -> list[SampleTerm]:
    if not region.startswith("3505") or chance.random() < 0.35:
        return []
    start = today - timedelta(days=chance.randint(30, 7 * _MANY_DAYS))
    if start < date(2021, 6, 1):
        tier = chance.choice(_QUANZHOU[:5])
        return [SampleTerm({"scheme": "quanzhou-2017", "tier": tier}, start, None)]
    tier = chance.choices(_QUANZHOU, (1, 2, 10, 25, 40, 12, 10))[0]
    found = [SampleTerm({"scheme": "quanzhou-2021", "tier": tier}, start, None)]
    if chance.random() < 0.15:
        province = {"scheme": "fujian", "tier": chance.choice(["A类", "B类", "C类"])}
        found.append(SampleTerm(province, start, None))
    return found


def _cards(chance: random.Random, region: str, number: int, today: date) -> list[SampleTerm]:
    if not region.startswith("37") or chance.random() < 0.4:
        return []
    status = chance.choices(list(CardStatus)[:3], (90, 6, 4))[0]
    days = chance.choice([-200, -30, 10, 45, 200, 600, 1200, 1700])  # left until it ends
    end = today + timedelta(days=days)
    group = chance.randint(1, 5)
    values = {
        "number": f"样例-HC-{number:04}",
        "group": group,
        "route": {4: "review", 5: "assess"}.get(group, "direct"),
        "status": status,
        "reason": None if status == CardStatus.VALID else "样例：单位提出意见",
    }
    return [SampleTerm(values, end - timedelta(days=5 * 365), end)]


def _known(one: dict[str, Any], today: date) -> SamplePerson:
    names = ("name", "gender", "phone", "region", "industry", "fields", "education", "school", "title")
    more = ("position", "expert", "serves_grassroots", "honours")
    values = {name: one[name] for name in (*names, *more) if name in one}
    values |= {
        "birth_year": one["birth"].year,
        "id_kind": "身份证",
        "id_number": sample_id(birth=one["birth"], sequence=one["sequence"]),
        "origin": Origin.INTRODUCED,
        "fulltime": True,
    }
    if "arrived_years" in one:
        values["arrived_on"] = today - timedelta(days=one["arrived_years"] * _MANY_DAYS + 60)
    tiers, cards, programmes = [], [], []
    if tier := one.get("tier"):
        start = today - timedelta(days=tier["years"] * _MANY_DAYS)
        tiers.append(SampleTerm({"scheme": tier["scheme"], "tier": tier["tier"]}, start, None))
    if card := one.get("card"):
        end = today + timedelta(days=card["days_left"])
        held = {"number": card["number"], "group": card["group"], "route": card["route"]}
        held |= {"status": CardStatus.VALID, "reason": None}
        cards.append(SampleTerm(held, end - timedelta(days=5 * 365), end))
    if programme := one.get("programme"):
        year = today.year - programme["years"]
        managed = date(year + programme["years"] + programme["managed"], 12, 31)
        about = {"name": programme["name"], "level": programme["level"]}
        programmes.append(about | {"year": year, "valid_to": managed})
    return SamplePerson(values, one["employer"], tiers, cards, programmes)
