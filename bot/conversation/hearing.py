"""What a stored message of a talent leads to: a wish of the service itself, or a turn of the assistant."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import tickets, wishes
from bot.conversation.categories import CATEGORIES
from bot.conversation.change import Change
from bot.conversation.content import Category, Content, HandoverRequest
from bot.conversation.control import change_control
from bot.conversation.control_rules import ControlEvent, Effect
from bot.conversation.crisis import CRISIS_PRIORITY, hotlines, is_crisis
from bot.conversation.episodes import open_handover
from bot.conversation.handover_models import HandoverStatus
from bot.conversation.log import append
from bot.conversation.models import Author, Conversation, Message, Turn
from bot.conversation.offers import last_result, reason_of_request
from bot.conversation.tickets import NOBODY
from bot.conversation.trigger_rules import TriggerKey
from bot.conversation.triggers import triggers_of
from bot.conversation.words import Said, says, word_list
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.texts import sentence

_BEFORE_CATEGORY = ("", "是", "的是", "改", "改成", "改为", "换成", "换为", "转", "选")


async def hear(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    message: Message,
    text: str,
    payload: str | None,
) -> Turn | None:
    """The turn in which the assistant answers; None when there is nothing for it to answer."""
    if payload:
        if await wishes.press(session, rt, conversation=conversation, payload=payload):
            return None
    elif await _wished(session, rt, conversation, text):
        return None
    if not payload and conversation.control in NOBODY:
        rest = await tickets.hear_contact(session, rt, conversation=conversation, text=text)
        if rest is None:
            return None
        text = rest
    said = Change(ControlEvent.TALENT_MESSAGE)
    changed = await change_control(session, rt, conversation=conversation, change=said)
    if Effect.RUN_TURN not in changed.step.effects:
        if is_crisis(text):
            await _care(session, rt, conversation)
        return None
    turn = _new_turn(rt, conversation, message, text, payload)
    session.add(turn)
    return turn


async def _care(session: AsyncSession, rt: Runtime, conversation: Conversation) -> None:
    """No engine hears this message: the hotlines now, a word to the desk, and the front of the queue."""
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=hotlines())
    note = Content.say(sentence("conversation.crisis_note"))
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=note, internal=True)
    handover = await open_handover(session, conversation_id=conversation.id)
    if handover and handover.status == HandoverStatus.WAITING:
        handover.priority = CRISIS_PRIORITY


async def _wished(session: AsyncSession, rt: Runtime, conversation: Conversation, text: str) -> bool:
    """Whole messages that are a wish: they work whatever the engine would say, and while it is down."""
    with_nobody = conversation.control in NOBODY
    ways_out = word_list(Said.LEAVE)
    if conversation.control in wishes.WAITING:
        ways_out = (*ways_out, *word_list(Said.CANCEL))
    if not with_nobody and says(text, ways_out):
        await wishes.cancel(session, rt, conversation=conversation)
        return True
    if conversation.control in wishes.WAITING and says(text, word_list(Said.POSITION)):
        request = HandoverRequest(reason="requested")
        await wishes.ask_for_person(session, rt, conversation=conversation, request=request)
        return True
    if conversation.control in wishes.WAITING and (category := _named_category(text)):
        request = HandoverRequest(reason="requested", category=category)
        await wishes.ask_for_person(session, rt, conversation=conversation, request=request)
        return True
    if says(text, word_list(Said.CANCEL_TICKET)):
        return await tickets.cancel_ticket(session, rt, conversation=conversation)
    if with_nobody and says(text, word_list(Said.HERE)):
        return await tickets.reply_here(session, rt, conversation=conversation)
    if not with_nobody and says(text, word_list(Said.VERIFY)):
        await wishes.offer_proof(session, rt, conversation=conversation)
        return True
    if not with_nobody and conversation.control not in wishes.WAITING:
        return False  # said to the person who is there
    rule = (await triggers_of(session))[TriggerKey.WORDS]
    asks = rule.enabled and says(text, (*word_list(Said.PERSON), *rule.words))
    if asks and with_nobody and not rule.connect:
        wishes.offer_person(session, rt, conversation=conversation)
        return True
    if asks or (with_nobody and await _agrees(session, conversation, text)):
        reason = await reason_of_request(session, conversation=conversation)
        request = HandoverRequest(reason=reason)
        await wishes.ask_for_person(session, rt, conversation=conversation, request=request)
        return True
    return False


def _named_category(text: str) -> Category | None:
    """The category a waiting talent names; the buttons for it are gone once something else was said."""
    for category in CATEGORIES:
        if says(text, [before + category for before in _BEFORE_CATEGORY]):
            return category
    return None


async def _agrees(session: AsyncSession, conversation: Conversation, text: str) -> bool:
    """A plain yes to the offer of a person with which the last answer ended, and to nothing else."""
    if not says(text, word_list(Said.AGREE)) or _form_runs(conversation):
        return False
    return bool((await last_result(session, conversation=conversation)).get("asked"))


def _form_runs(conversation: Conversation) -> bool:
    return bool(conversation.slots.get("requested_slot"))


def _new_turn(
    rt: Runtime, conversation: Conversation, message: Message, text: str, payload: str | None
) -> Turn:
    now = rt.clock.now()
    return Turn(
        id=new_id(),
        conversation_id=conversation.id,
        message_id=message.id,
        seq=message.seq,
        epoch=conversation.epoch,
        text=text,
        payload=payload,
        due_at=now,
        created_at=now,
    )
