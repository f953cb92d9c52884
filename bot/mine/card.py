"""「我的惠才卡」: what stands on one's own card, until when, and what to do before that."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Button, Card, Content
from bot.mine.words import apply_button, human_button, say
from bot.runtime import SHANGHAI, Runtime
from bot.talent.models import Card as TalentCard
from bot.talent.reading import TalentRecord, read_talent
from bot.talent.rules import CardState, card_state
from bot.talent.settings import setting

APPLY, RENEW = "sd-huicaika", "sd-huicaika-renew"  # service items
_ROUTES = {"direct": "card_direct", "review": "card_review", "assess": "card_assess"}


async def my_card(rt: Runtime, *, talent_id: str) -> Content:
    """The caller has proven whose card it is."""
    async with rt.db.read() as session:
        record = await read_talent(session, talent_id=talent_id)
        soon = await _reminder(session)
    if record is None or record.card is None:
        return Content.say(say("no_card"), buttons=[*apply_button(rt, APPLY), human_button()])
    today = rt.clock.now().astimezone(SHANGHAI).date()
    return _shown(rt, record, record.card, today=today, soon=soon)


def _shown(rt: Runtime, record: TalentRecord, card: TalentCard, *, today: date, soon: int) -> Content:
    state = card_state(card, today)
    rows = [(say("card_number"), f"尾号{card.number[-4:]}"), (say("card_status"), state.value)]
    if card.group:
        rows.append((say("card_group"), say("card_group_value", number=card.group)))
    if card.route in _ROUTES:
        rows.append((say("card_route"), say(_ROUTES[card.route])))
    rows.append((say("card_from"), f"{card.valid_from}"))
    rows.append((say("card_to"), f"{card.valid_to}" if card.valid_to else say("card_open")))
    lines, buttons = _next(rt, card, state=state, today=today, soon=soon)
    return Content(
        paragraphs=lines,
        card=Card(title=card.kind, rows=rows),
        buttons=[*buttons, human_button()],
    )


def _next(
    rt: Runtime, card: TalentCard, *, state: CardState, today: date, soon: int
) -> tuple[list[str], list[Button]]:
    match state:
        case CardState.SUSPENDED | CardState.WITHDRAWN:
            why = card.reason or say("card_no_reason")
            return [say("card_stopped", status=state.value, why=why)], []
        case CardState.EXPIRED:
            return [say("card_expired", day=card.valid_to)], apply_button(rt, RENEW)
    if card.valid_to is None:
        return [say("card_valid_open")], []
    left = (card.valid_to - today).days
    if left <= soon:
        return [say("card_soon", days=left)], apply_button(rt, RENEW)
    return [say("card_valid", days=left)], []


async def _reminder(session: AsyncSession) -> int:
    return await setting(session, "card_reminder_days")
