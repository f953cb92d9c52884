"""Records made to fit a row, and the same records with one thing changed so that they no longer do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.knowledge.entitlements import Entitlement, shipped_catalogue
from bot.talent.entitled_record import Entitled, Record, entitled_to
from bot.talent.models import Card, CardStatus, Education, Origin, Talent, TalentProgramme, TalentTier
from bot.talent.places import lexicon

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
CATALOGUE = shipped_catalogue()
USABLE = {row.faq for row in CATALOGUE.rows}
_TITLES = {"医生": "主任医师", "名师": "特级教师", "科技特派员": "科技特派员", "农技": "高级农艺师"}
_OTHER_VERSION = {"quanzhou-2017": "quanzhou-2021", "quanzhou-2021": "quanzhou-2017"}


def talent(**values: Any) -> Talent:
    plain: dict[str, Any] = {
        "id": "1" * 32,
        "name": "张样例",
        "nationality": "中国",
        "education": Education.OTHER,
        "top_school": False,
        "fields": [],
        "honours": [],
        "region": "370100",
        "birth_year": 1976,
    }
    return Talent(**(plain | values))


def tier(scheme: str, name: str, **values: Any) -> TalentTier:
    plain: dict[str, Any] = {"valid_from": date(2024, 1, 1), "valid_to": date(2029, 12, 31)}
    return TalentTier(scheme=scheme, tier=name, **(plain | values))


def card(status: CardStatus = CardStatus.VALID, **values: Any) -> Card:
    plain: dict[str, Any] = {"valid_from": date(2024, 1, 1), "valid_to": date(2028, 12, 31)}
    return Card(kind="山东惠才卡", number="SD0001", status=status, **(plain | values))


def programme(name: str, *, valid_to: date | None) -> TalentProgramme:
    return TalentProgramme(name=name, level="省", year=2020, valid_to=valid_to)


def found(record: Record, **more: Any) -> list[Entitled]:
    return entitled_to(record, catalogue=CATALOGUE, usable=USABLE, lexicon=lexicon(), today=TODAY, **more)


def fitting(row: Entitlement) -> Record:
    """Just enough of a record for the row, each limit at its edge."""
    needs = row.needs
    values: dict[str, Any] = {"region": row.region}
    if needs.degree:
        values["education"] = Education(needs.degree[0])
    if needs.honour:
        values["honours"] = [needs.honour[0]]
    if needs.postdoc:
        values["postdoc"] = needs.postdoc[0]
    if needs.job:
        values["title"] = _TITLES[needs.job[0]]
    if needs.top:
        values["top_school"] = True
    if needs.foreign:
        values["nationality"] = "德国"
    if needs.fulltime is not None:
        values["fulltime"] = needs.fulltime
    if needs.graduate:
        values["graduated_on"] = date(2026, 6, 30)
    if needs.age_max is not None:
        values["birth_year"] = TODAY.year - needs.age_max
    if needs.arrived_within is not None:
        values |= {"origin": Origin.INTRODUCED, "arrived_on": _years_ago(needs.arrived_within)}
    tiers = [tier(row.scheme or "", needs.tier[0])] if needs.tier else []
    return Record(talent(**values), tiers=tiers, cards=[card()] if needs.card else [])


def just_not(row: Entitlement) -> Iterator[tuple[str, Record]]:
    """The fitting record with one thing changed."""
    needs, near = row.needs, fitting(row)

    def changed(**values: Any) -> Record:
        kept = {
            column.key: getattr(near.talent, column.key)
            for column in Talent.__table__.columns
            if getattr(near.talent, column.key) is not None
        }
        return replace(near, talent=Talent(**(kept | values)))

    yield "another province", changed(region="350100" if row.region.startswith("37") else "370100")
    if not row.region.endswith("0000"):
        yield "another city", changed(region=f"{row.region[:2]}0900")
    if needs.degree:
        yield "another degree", changed(education=Education.OTHER)
    if needs.honour:
        yield "no honour", changed(honours=[])
    if needs.postdoc:
        yield "no postdoc", changed(postdoc=None)
    if needs.job:
        yield "another job", changed(title="工程师")
    if needs.top:
        yield "no top school", changed(top_school=False)
    if needs.foreign:
        yield "Chinese", changed(nationality="中国")
    if needs.fulltime is not None:
        yield "not full time", changed(fulltime=not needs.fulltime)
    if needs.graduate:
        yield "graduated before", changed(graduated_on=date(2025, 6, 30))
    if needs.age_max is not None:
        yield "too old", changed(birth_year=TODAY.year - needs.age_max - 2)
    if needs.arrived_within is not None:
        yield "a day too long", changed(arrived_on=_years_ago(needs.arrived_within) - timedelta(days=1))
        yield "home-grown", changed(origin=Origin.HOME, arrived_on=None)
    if needs.tier:
        name = needs.tier[0]
        other = _OTHER_VERSION.get(row.scheme or "", "nowhere-2000")
        yield "another version", replace(near, tiers=[tier(other, name)])
        yield (
            "run out",
            replace(near, tiers=[tier(row.scheme or "", name, valid_to=TODAY - timedelta(days=1))]),
        )
        yield (
            "not begun",
            replace(near, tiers=[tier(row.scheme or "", name, valid_from=TODAY + timedelta(days=1))]),
        )
        yield "another tier", replace(near, tiers=[tier(row.scheme or "", "第九层次")])
    if needs.card:
        for status in (CardStatus.SUSPENDED, CardStatus.WITHDRAWN, CardStatus.REPLACED):
            yield f"card {status}", replace(near, cards=[card(status, reason="样例")])
        yield "card run out", replace(near, cards=[card(valid_to=TODAY - timedelta(days=1))])
    for have in row.unless:
        if have == "card":
            yield "card held", replace(near, cards=[card()])
            yield "card suspended", replace(near, cards=[card(CardStatus.SUSPENDED, reason="样例")])
        elif have == "tier":
            yield "tier held", replace(near, tiers=[tier(row.scheme or "quanzhou-2021", "第三层次")])
        elif have == "honour":
            yield "honour held", changed(honours=["泰山系列"])


def _years_ago(years: int) -> date:
    return TODAY.replace(year=TODAY.year - years)
