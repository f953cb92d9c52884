"""What is issued at the end: a card or tier into the talent's record, a place or benefit in words."""

from datetime import date, timedelta
from typing import Literal, cast

from bot.errors import Refusal
from bot.service.case_days import day_of
from bot.service.case_deeds import Result
from bot.service.case_moves import Moving
from bot.service.schemas import Outcome
from bot.talent.cards import add_tier, issue_card
from bot.talent.schemas import CardBody, TierBody
from bot.talent.schemes import schemes
from bot.texts import sentence

EARLIEST, LATEST = timedelta(days=5 * 366), timedelta(days=3 * 366)


async def issue(moving: Moving) -> str:
    """Writes what is issued; gives the words the talent is told."""
    given = moving.deed.result
    if moving.item is None:
        raise Refusal("item_gone", "这个事项的规定读不出来了，请联系管理员后再制发。", status=409)
    if given is None:
        raise Refusal("no_result", "请填写制发的内容。", status=422)
    outcome = moving.item.approval.outcome
    if outcome is Outcome.CARD:
        return await _card(moving, given)
    if outcome is Outcome.TIER:
        return await _tier(moving, given)
    return _words(moving, given)


async def _card(moving: Moving, given: Result) -> str:
    talent_id, start = _talent(moving), _day(moving, given.valid_from)
    if not given.number:
        raise Refusal("no_number", "请填写卡号。", status=422)
    card = await issue_card(
        moving.session,
        moving.rt,
        talent_id=talent_id,
        card=CardBody(
            number=given.number,
            group=given.group,
            route=cast(Literal["direct", "review", "assess"] | None, moving.case.part.route),
            valid_from=start,
            valid_to=given.valid_to,
        ),
        by=moving.staff_id,
        part_id=moving.case.part.id,
    )
    moving.columns["result"] = {"kind": "card", "card_id": card.id}
    return sentence("cases.issued_card", card=card.kind, until=_until(card.valid_to))


async def _tier(moving: Moving, given: Result) -> str:
    scheme = moving.item.approval.scheme if moving.item else None
    talent_id, start = _talent(moving), _day(moving, given.valid_from)
    if not scheme or scheme not in schemes():
        raise Refusal("no_scheme", "这个事项没有写明认定办法，请先在事项管理里补上。", status=409)
    if not given.tier:
        raise Refusal("no_tier", "请选择认定的层次。", status=422)
    tier = await add_tier(
        moving.session,
        moving.rt,
        talent_id=talent_id,
        tier=TierBody(
            scheme=scheme,
            tier=given.tier,
            valid_from=start,
            valid_to=given.valid_to,
            basis=moving.case.application.case_no,
        ),
        by=moving.staff_id,
        part_id=moving.case.part.id,
    )
    moving.columns["result"] = {"kind": "tier", "tier_id": tier.id, "scheme": scheme, "tier": tier.tier}
    return sentence(
        "cases.issued_tier", scheme=schemes()[scheme].name, tier=tier.tier, until=_until(tier.valid_to)
    )


def _words(moving: Moving, given: Result) -> str:
    if not given.text:
        raise Refusal("no_result", "请写明办理结果，比如安排到哪里、怎样领取。", status=422)
    on = _day(moving, given.on)
    kind = moving.item.approval.outcome.value if moving.item else Outcome.BENEFIT.value
    moving.columns["result"] = {"kind": kind, "text": given.text, "on": on.isoformat()}
    return sentence("cases.issued_words", text=given.text, on=_in_words(on))


def _talent(moving: Moving) -> str:
    talent_id = moving.case.application.talent_id
    if talent_id is None:
        raise Refusal(
            "no_talent_record",
            "这件申请还没有关联人才档案，请先关联（没有档案的先建档），再制发。",
            status=409,
        )
    return talent_id


def _day(moving: Moving, given: date | None) -> date:
    today = day_of(moving.now)
    day = given or today
    if not today - EARLIEST <= day <= today + LATEST:
        raise Refusal("bad_day", "请核对日期，离今天太远了。", status=422)
    return day


def _until(end: date | None) -> str:
    return sentence("cases.until", end=_in_words(end)) if end else ""


def _in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
