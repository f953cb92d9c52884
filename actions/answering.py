"""Policy answers: one way to give them, inside a form and outside."""

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, send
from bot.conversation.content import Button, Content, Reply
from bot.knowledge import service as knowledge

FAILURES_BEFORE_OFFER = 2
ELLIPSIS_LENGTH = 15
EXAMPLES = 5


async def answer_question(
    dispatcher: CollectingDispatcher,
    turn: TurnView,
    *,
    question: str,
    region: str | None,
    about: str | None = None,
) -> Events:
    """`about` is what the talk is about now: 「要什么材料」 inside a form means its item."""
    reply = await _search(turn, question, region)
    if about and _failed(reply) and len(question) <= ELLIPSIS_LENGTH and turn.intent != "out_of_scope":
        named = {e.get("entity") for e in turn.entities} & {"region", "item", "programme", "tier"}
        completed = None if named else await _search(turn, about + question, region)
        reply = completed if completed and not _failed(completed) else reply
    given = _given(dispatcher, turn, reply)
    # 「硕士呢」 that led to the same FAQ again says less than the question before it.
    if reply.log and reply.log.faq and reply.log.faq == turn.slots.get("last_faq"):
        return given
    return [SlotSet("last_question", question), *given]


async def _search(turn: TurnView, question: str, region: str | None) -> Reply:
    last = turn.slots.get("last_faq")
    return await knowledge.answer(
        turn.rt, question=question, region=region, channel=turn.channel, last_faq=last
    )


def _failed(reply: Reply) -> bool:
    return reply.log is not None and reply.log.band == "none"


async def answer_faq(dispatcher: CollectingDispatcher, turn: TurnView, *, key: str) -> Events:
    reply = await knowledge.answer_faq(turn.rt, key=key, region=turn.region, channel=turn.channel)
    return _given(dispatcher, turn, reply)


def _given(dispatcher: CollectingDispatcher, turn: TurnView, reply: Reply) -> Events:
    """Say it, remember what was answered, and offer a person after repeated failure."""
    failures = float(turn.slots.get("failed_answers") or 0) + 1 if _failed(reply) else 0.0
    if failures >= FAILURES_BEFORE_OFFER and reply.content is not None:
        offer_person(turn, reply.content)
    if reply.content is not None:
        _name_items(turn, reply.content)
    send(dispatcher, reply)
    answered = reply.log.faq if reply.log else None
    return [SlotSet("failed_answers", failures), *([SlotSet("last_faq", answered)] if answered else [])]


def _name_items(turn: TurnView, content: Content) -> None:
    """The knowledge knows an item by its key; the button says what it starts."""
    for button in content.buttons:
        for item in turn.catalogue.offered:
            if button.payload == f'/start_application{{"item": "{item.key}"}}':
                button.title = turn.texts.say("menu_apply", name=item.name)


def offer_person(turn: TurnView, content: Content) -> None:
    content.paragraphs.append(turn.texts.say("offer_human"))
    if not any(button.payload.startswith("/request_human") for button in content.buttons):
        content.buttons.append(Button(title=turn.texts.say("button_human"), payload="/request_human"))


async def examples(turn: TurnView) -> list[Button]:
    """One question of each of the first categories for the talent's place."""
    categories = (await knowledge.menu(turn.rt, region=turn.region))["categories"][:EXAMPLES]
    first = [category["questions"][0] for category in categories if category["questions"]]
    return [Button(title=q["title"], payload=f'/pick_faq{{"faq": "{q["faq"]}"}}') for q in first]
