"""One record, whole. Whoever reads it has asked before whether it may be shown."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import staff_names
from bot.talent.listing import card_view, tier_view
from bot.talent.models import (
    Assignment,
    Card,
    Talent,
    TalentChange,
    TalentProgramme,
    TalentTier,
)
from bot.talent.network_models import Employer
from bot.talent.places import full_name
from bot.talent.rules import current_card, holds
from bot.talent.schemas import TalentFields

MOST_CHANGES = 100


@dataclass(frozen=True)
class TalentRecord:
    talent: Talent
    employer: Employer | None
    tiers: list[TalentTier]
    programmes: list[TalentProgramme]
    cards: list[Card]
    specialist_id: str | None

    @property
    def card(self) -> Card | None:
        return current_card(self.cards)

    def tiers_on(self, today: date) -> list[TalentTier]:
        return [tier for tier in self.tiers if holds(tier, today)]


async def read_talent(session: AsyncSession, *, talent_id: str) -> TalentRecord | None:
    """For one's own record, entitlements and matching; no account is asked here."""
    talent = await session.get(Talent, talent_id)
    if talent is None:
        return None
    tiers = select(TalentTier).where(TalentTier.talent_id == talent_id).order_by(TalentTier.valid_from)
    programmes = select(TalentProgramme).where(TalentProgramme.talent_id == talent_id)
    cards = select(Card).where(Card.talent_id == talent_id).order_by(Card.valid_from)
    return TalentRecord(
        talent,
        await session.get(Employer, talent.employer_id) if talent.employer_id else None,
        list(await session.scalars(tiers)),
        list(await session.scalars(programmes.order_by(TalentProgramme.year))),
        list(await session.scalars(cards)),
        await session.scalar(select(Assignment.staff_id).where(Assignment.talent_id == talent_id)),
    )


async def record_view(session: AsyncSession, *, record: TalentRecord, today: date) -> dict[str, Any]:
    """As the office's page shows it: hints in place of sealed values, and the last changes."""
    talent = record.talent
    query = select(TalentChange).where(TalentChange.talent_id == talent.id)
    changes = list(await session.scalars(query.order_by(TalentChange.id.desc()).limit(MOST_CHANGES)))
    names = await staff_names(session, [record.specialist_id, *(change.by for change in changes)])
    plain = {name: getattr(talent, name) for name in TalentFields.model_fields}
    return plain | {
        "id": talent.id,
        "employer_name": record.employer.name if record.employer else None,
        "region_name": full_name(talent.region),
        "id_kind": talent.id_kind,
        "id_hint": talent.id_hint,
        "phone_hint": talent.phone_hint,
        "has_email": talent.email_sealed is not None,
        "sample": talent.sample,
        "revision": talent.revision,
        "created_at": talent.created_at,
        "updated_at": talent.updated_at,
        "tiers": [tier_view(row) | {"id": row.id, "now": holds(row, today)} for row in record.tiers],
        "programmes": [
            {"id": row.id, "name": row.name, "level": row.level, "year": row.year, "valid_to": row.valid_to}
            for row in record.programmes
        ],
        "card": card_view(record.card, today),
        "cards": [card_view(row, today) for row in record.cards],
        "specialist_id": record.specialist_id,
        "specialist_name": names.get(record.specialist_id),
        "changes": [
            {
                "kind": change.kind,
                "detail": change.detail,
                "by_name": names.get(change.by),
                "why": change.why,
                "at": change.at,
            }
            for change in changes
        ],
    }
