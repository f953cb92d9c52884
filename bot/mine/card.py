"""「我的惠才卡」: what stands on one's own card, until when, and what to do before that."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Card, Content
from bot.mine.words import apply_button, human_button, say
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.models import Card as TalentCard
from bot.talent.reading import TalentRecord, read_talent
from bot.talent.rules import CardState, card_state
from bot.talent.settings import setting

APPLY, RENEW = "sd-huicaika", "sd-huicaika-renew"  # service items
CARD_PLACE = "370000"  # the card is 山东's, wherever its holder works now
_ROUTES = {"direct": "card_direct", "review": "card_review", "assess": "card_assess"}


async def my_card(rt: Runtime, *, talent_id: str) -> Content:
    """The caller has proven whose card it is."""
    async with rt.db.read() as session:
        record = await read_talent(session, talent_id=talent_id)
        soon = await _reminder(session)
    if record is None or record.card is None:
        region = record.talent.region if record else ""
        return Content.say(say("no_card"), buttons=[*apply_button(rt, APPLY, region=region), human_button()])
    today = today_of(rt)
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
    line, renews = _next(card, state=state, today=today, soon=soon)
    return Content(
        paragraphs=[line],
        card=Card(title=card.kind, rows=rows),
        buttons=[*(apply_button(rt, RENEW, region=CARD_PLACE) if renews else []), human_button()],
    )


def _next(card: TalentCard, *, state: CardState, today: date, soon: int) -> tuple[str, bool]:
    """What is said, and whether it is time to renew."""
    match state:
        case CardState.SUSPENDED | CardState.WITHDRAWN:
            why = card.reason or say("card_no_reason")
            return say("card_stopped", status=state.value, why=why), False
        case CardState.EXPIRED:
            return say("card_expired", day=card.valid_to), True
    if card.valid_to is None:
        return say("card_valid_open"), False
    left = (card.valid_to - today).days
    return say("card_soon" if left <= soon else "card_valid", days=left), left <= soon


async def _reminder(session: AsyncSession) -> int:
    return await setting(session, "card_reminder_days")
