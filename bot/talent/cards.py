"""What a talent holds: tiers, programmes, cards. Called in the caller's transaction, also by case work."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import audit
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.store.base import new_id
from bot.talent.changes import note_change
from bot.talent.models import Card, CardStatus, Talent, TalentProgramme, TalentTier
from bot.talent.rules import card_end, card_step, years_later
from bot.talent.schemas import CardBody, ProgrammeBody, TierBody
from bot.talent.schemes import schemes


@dataclass(frozen=True)
class Holdings:
    """What a talent holds at the moment, read once for many changes."""

    tiers: list[TalentTier] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    programmes: list[TalentProgramme] = field(default_factory=list)


async def holdings_of(session: AsyncSession, talent_ids: Collection[str]) -> dict[str, Holdings]:
    """Of everybody asked for. Whoever changes them holds the locks of the talents."""
    found = {talent_id: Holdings() for talent_id in talent_ids}
    for tier in await session.scalars(select(TalentTier).where(TalentTier.talent_id.in_(found))):
        found[tier.talent_id].tiers.append(tier)
    for card in await session.scalars(select(Card).where(Card.talent_id.in_(found))):
        found[card.talent_id].cards.append(card)
    programmes = select(TalentProgramme).where(TalentProgramme.talent_id.in_(found))
    for programme in await session.scalars(programmes):
        found[programme.talent_id].programmes.append(programme)
    return found


async def add_tier(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str,
    tier: TierBody,
    by: str | None,
    part_id: str | None = None,
) -> TalentTier:
    """A recognised tier. A newer one of the same scheme ends the former on the day before."""
    await _lock(session, talent_id)
    held = (await holdings_of(session, [talent_id]))[talent_id]
    return put_tier(session, rt, talent_id=talent_id, tier=tier, held=held, by=by, part_id=part_id)


def put_tier(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str,
    tier: TierBody,
    held: Holdings,
    by: str | None,
    part_id: str | None = None,
) -> TalentTier:
    scheme = schemes().get(tier.scheme)
    if scheme is None or tier.tier not in scheme.tiers:
        raise Refusal("unknown_tier", "没有这个认定办法或层次，请从列表中选择。", status=422)
    end = tier.valid_to or (years_later(tier.valid_from, scheme.years) if scheme.years else None)
    check_term(tier.valid_from, end)
    for row in held.tiers:
        if row.scheme != tier.scheme:
            continue
        if row.valid_from > tier.valid_from and (end is None or end >= row.valid_from):
            end = row.valid_from - timedelta(days=1)  # one entered late ends where the next began
        if row.valid_from == tier.valid_from:
            raise Refusal("tier_known", "同一办法下已有同一天开始的层次，请核对起始日期。", status=409)
        if row.valid_from < tier.valid_from and (row.valid_to is None or row.valid_to >= tier.valid_from):
            row.valid_to = tier.valid_from - timedelta(days=1)
    made = TalentTier(
        id=new_id(),
        talent_id=talent_id,
        scheme=tier.scheme,
        tier=tier.tier,
        valid_from=tier.valid_from,
        valid_to=end,
        basis=tier.basis,
        part_id=part_id,
    )
    session.add(made)
    held.tiers.append(made)
    detail = {"scheme": tier.scheme, "tier": tier.tier}
    note_change(session, rt, talent_id=talent_id, kind="tier", detail=detail, by=by)
    return made


async def add_programme(
    session: AsyncSession, rt: Runtime, *, talent_id: str, programme: ProgrammeBody, by: str | None
) -> TalentProgramme:
    await _lock(session, talent_id)
    made = TalentProgramme(id=new_id(), talent_id=talent_id, **programme.model_dump())
    session.add(made)
    detail = {"level": programme.level, "year": programme.year}
    note_change(session, rt, talent_id=talent_id, kind="programme", detail=detail, by=by)
    return made


async def issue_card(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str,
    card: CardBody,
    by: str | None,
    part_id: str | None = None,
) -> Card:
    """A new card takes the place of those held before, but not of one that was withdrawn."""
    await _lock(session, talent_id)
    held = (await holdings_of(session, [talent_id]))[talent_id]
    made = put_card(session, rt, talent_id=talent_id, card=card, held=held, by=by, part_id=part_id)
    try:
        await session.flush()
    except IntegrityError:
        raise Refusal("card_known", "这个卡号已经登记过，请核对卡号。", status=409) from None
    now = rt.clock.now()
    await audit(session, staff_id=by, action="talent.card", subject=talent_id, detail={"to": "有效"}, at=now)
    return made


def put_card(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str,
    card: CardBody,
    held: Holdings,
    by: str | None,
    part_id: str | None = None,
) -> Card:
    end = card.valid_to or card_end(
        valid_from=card.valid_from,
        managed_until=_managed_until(held, card.valid_from),
        contract_until=card.contract_until,
    )
    check_term(card.valid_from, end)
    now = rt.clock.now()
    for row in held.cards:
        if card_step(row.status, CardStatus.REPLACED):
            row.status, row.updated_at = CardStatus.REPLACED, now
    made = Card(
        id=new_id(),
        talent_id=talent_id,
        number=card.number,
        group=card.group,
        route=card.route,
        status=CardStatus.VALID,
        valid_from=card.valid_from,
        valid_to=end,
        part_id=part_id,
        updated_at=now,
    )
    session.add(made)
    held.cards.append(made)
    note_change(session, rt, talent_id=talent_id, kind="card", detail={"card": made.id, "to": "有效"}, by=by)
    return made


async def change_card(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str,
    card_id: str,
    status: CardStatus,
    reason: str,
    by: str | None,
) -> Card:
    """停用, 恢复, 收回. Whoever takes a card away says why."""
    card = await session.get(Card, card_id, with_for_update=True)
    if card is None or card.talent_id != talent_id:
        raise Refusal("not_found", "没有找到这张卡，请刷新后重试。", status=404)
    if status == CardStatus.REPLACED or not card_step(card.status, status):
        raise Refusal("card_step", f"这张卡现在是“{card.status}”，不能改为“{status}”。", status=409)
    reason = reason.strip()
    if status != CardStatus.VALID and not reason:
        raise Refusal("no_reason", "请写明停用或收回的原因。", status=422)
    before, now = card.status, rt.clock.now()
    card.status, card.reason, card.updated_at = status, reason or None, now
    detail = {"card": card.id, "from": str(before), "to": str(status)}
    note_change(session, rt, talent_id=card.talent_id, kind="card", detail=detail, by=by)
    await audit(
        session,
        staff_id=by,
        action="talent.card",
        subject=card.talent_id,
        detail={"from": str(before), "to": str(status)},
        at=now,
    )
    return card


def check_term(start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise Refusal("invalid_term", "结束日期不能早于开始日期，请核对。", status=422)


def today_of(rt: Runtime) -> date:
    return rt.clock.now().astimezone(SHANGHAI).date()


def _managed_until(held: Holdings, start: date) -> date | None:
    """The latest end of a national or provincial programme's 管理期 that still runs then."""
    ends = [one.valid_to for one in held.programmes if one.level in ("国家", "省") and one.valid_to]
    return max((end for end in ends if end >= start), default=None)


async def _lock(session: AsyncSession, talent_id: str) -> None:
    """What somebody holds changes one at a time: two cards may not both be the valid one."""
    query = select(Talent.id).where(Talent.id == talent_id).with_for_update(key_share=True)
    if await session.scalar(query) is None:
        raise Refusal("not_found", "没有找到这位人才，请刷新列表后重试。", status=404)
