"""「我能享受什么」: one record or many against the published entitlements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge import service as knowledge
from bot.knowledge.entitlements import Entitlement, shipped_catalogue, still_says
from bot.knowledge.schemas import Faq
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.entitled_record import Entitled, Record, card_notice, entitled_to
from bot.talent.models import Card, Talent, TalentProgramme, TalentTier
from bot.talent.network_models import OfficeSetting
from bot.talent.places import lexicon
from bot.talent.rules import CardState

_Row = TypeVar("_Row", TalentTier, TalentProgramme, Card)
WITHOUT_APPLICATION = "benefits_without_application"  # rows the centre marks besides those a document marks


@dataclass(frozen=True)
class Entitlements:
    """What is told to one person, or to staff about them."""

    found: list[Entitled]
    faqs: dict[str, Faq]
    offered: frozenset[str]  # keys that need no application
    card: tuple[CardState, Card] | None  # a card that gives nothing now


async def entitlements_of(rt: Runtime, *, talent_id: str) -> Entitlements | None:
    """The caller has proven whose record it is, or has it in their scope."""
    usable = await knowledge.current_answers(rt)
    today = today_of(rt)
    async with rt.db.read() as session:
        records = await records_where(session, Talent.id == talent_id)
        marked = await without_application(session)
    if not records:
        return None
    found = entitled_to(
        records[0], catalogue=shipped_catalogue(), usable=usable.keys(), lexicon=lexicon(), today=today
    )
    return Entitlements(found, usable, marked, card_notice(records[0], today))


async def records_where(session: AsyncSession, which: ColumnElement[bool]) -> list[Record]:
    """Records with all that decides, in one query for each table."""
    talents = list(await session.scalars(select(Talent).where(which).order_by(Talent.name, Talent.id)))
    ids = select(Talent.id).where(which)
    tiers = _grouped(await session.scalars(select(TalentTier).where(TalentTier.talent_id.in_(ids))))
    programmes = _grouped(
        await session.scalars(select(TalentProgramme).where(TalentProgramme.talent_id.in_(ids)))
    )
    cards = _grouped(await session.scalars(select(Card).where(Card.talent_id.in_(ids))))
    return [Record(one, tiers[one.id], programmes[one.id], cards[one.id]) for one in talents]


def _grouped(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.talent_id].append(row)
    return found


async def without_application(session: AsyncSession) -> frozenset[str]:
    """Keys of the rows a document says nobody applies for, and of those the centre has marked."""
    stated = {row.key for row in shipped_catalogue().rows if row.without_application}
    row = await session.get(OfficeSetting, WITHOUT_APPLICATION)
    return frozenset(stated | set(row.value["keys"] if row else ()))


def entitlement(key: str) -> Entitlement | None:
    return next((row for row in shipped_catalogue().rows if row.key == key), None)


def entitled_view(one: Entitled, *, faqs: dict[str, Faq], offered: frozenset[str]) -> dict[str, Any]:
    """As pages show it; a figure that the published answer no longer states is not told."""
    row, faq = one.row, faqs[one.row.faq]
    stands = still_says(faq, row)
    return {
        "key": row.key,
        "faq": row.faq,
        "title": row.title,
        "line": row.line if stands else None,
        "amount": row.amount if stands else None,
        "place": row.place,
        "year": row.year,
        "confidence": row.confidence,
        "limit": row.limit,
        "standing": one.standing,
        "reasons": list(one.reasons),
        "without_application": row.key in offered,
        "basis": [source.model_dump(exclude={"code"}) for source in faq.sources],
    }


def views(found: Entitlements) -> Sequence[dict[str, Any]]:
    return [entitled_view(one, faqs=found.faqs, offered=found.offered) for one in found.found]
