"""Policy answers: one way to give them, inside a form and outside."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say, send
from bot.conversation.content import Button, Content, Reply
from bot.knowledge import service as knowledge
from bot.knowledge.answers import MOST_PARTS, Answered
from bot.knowledge.fitting import Heard
from bot.knowledge.leaning import Last
from bot.knowledge.render import Voice
from bot.texts import sentence

FAILURES_BEFORE_OFFER = 2
ELLIPSIS_LENGTH = 15
EXAMPLES = 5
_PARTS_IN_FORM = 2  # the open step is asked again after them


async def answer_question(
    dispatcher: CollectingDispatcher,
    turn: TurnView,
    *,
    question: str,
    region: str | None,
    about: str | None = None,
    last: Last | None = None,
    sorry: bool = False,
    told: str | None = None,
    again: bool = False,
) -> Events:
    """`about` is what the talk is about now: 「要什么材料」 inside a form means its item. `told`: a
    pressed answer about the person. `again`: the question before, now with a place."""
    if not about:
        heard = Heard(
            question, turn.slots.get("profile"), told, again, leaning=bool(turn.slots.get("last_faq"))
        )
        if (events := await _entitled(dispatcher, turn, heard, region)) is not None:
            return events
    last = last or Last(turn.slots.get("last_faq"), turn.slots.get("tier"))
    most = _PARTS_IN_FORM if about or turn.slots.get("requested_slot") else MOST_PARTS
    answered = await _answers(turn, question, region, last, most)
    if (
        about
        and _failed(answered.replies)
        and len(question) <= ELLIPSIS_LENGTH
        and turn.intent != "out_of_scope"
    ):
        named = {e.get("entity") for e in turn.entities} & {"region", "item", "programme", "tier"}
        completed = None if named else await _answers(turn, about + question, region, Last(), most)
        answered = completed if completed and not _failed(completed.replies) else answered
    if turn.texts.say("crisis") in turn.said and not any(map(_is_answer, answered.replies)):
        # 「不用了，我就是说说」: a person who is not well is not sent away.
        say(
            dispatcher,
            Content.say(turn.texts.say("crisis_after"), buttons=[_person(sentence("knowledge.human"))]),
        )
        return []
    if sorry:
        _apologise(answered.replies)
    events = _given(dispatcher, turn, answered.replies)
    events += [
        SlotSet("last_faq", answered.about.faq),
        SlotSet("tier", answered.about.focus),
        SlotSet("open_question", answered.open_question),
        SlotSet("profile", None),
        SlotSet("profile_open", None),
    ]
    # 「硕士呢」 that led to the same FAQ again says less than the question before it.
    return events if answered.repeated else [SlotSet("last_question", question), *events]


async def _entitled(
    dispatcher: CollectingDispatcher, turn: TurnView, heard: Heard, region: str | None
) -> Events | None:
    """The list for a person who tells about themselves; None where the search has to answer."""
    # A place that is only where somebody came from is no place of theirs.
    place = region if heard.again else turn.chosen_region
    found = await knowledge.entitled(turn.rt, heard=heard, region=place)
    if found is None:
        return None
    asked = heard.text if found.fresh else turn.slots.get("last_question")
    return [
        *_given(dispatcher, turn, [found.reply]),
        SlotSet("profile", found.profile),
        SlotSet("profile_open", True if found.asks else None),
        SlotSet("last_question", asked),
        SlotSet("open_question", asked if found.waits_for_place else None),
        SlotSet("last_faq", None),
        SlotSet("tier", None),
    ]


async def tell_entitled(dispatcher: CollectingDispatcher, turn: TurnView, text: str) -> Events | None:
    """The list for a person who tells about themselves in this very message; None if they do not."""
    heard = Heard(text, turn.slots.get("profile"))
    return await _entitled(dispatcher, turn, heard, turn.chosen_region)


async def answer_faq(dispatcher: CollectingDispatcher, turn: TurnView, *, key: str) -> Events:
    reply = await knowledge.answer_faq(turn.rt, key=key, region=turn.region, channel=turn.channel)
    events = _given(dispatcher, turn, [reply])
    about = reply.log.faq if reply.log else None
    kept = [SlotSet("last_faq", about)] if about else []
    # A yes that follows answers nothing that was asked before this answer.
    closed = [SlotSet(name, None) for name in ("tier", "open_question", "profile_open")]
    return [*events, *kept, *closed]


async def take_place(
    dispatcher: CollectingDispatcher, turn: TurnView, *, code: str, question: str | None
) -> Events:
    """A place was chosen: the question that waits for it is answered, else what one can ask there."""
    if question is None:
        buttons = await examples(turn, region=code)
        say(dispatcher, await knowledge.place_content(turn.rt, code=code, buttons=buttons))
        return [SlotSet("region", code)]
    events = await answer_question(dispatcher, turn, question=question, region=code, again=True)
    return [SlotSet("region", code), *events]


async def _answers(turn: TurnView, question: str, region: str | None, last: Last, most: int) -> Answered:
    voice = Voice(seed=str(turn.metadata.get("turn_id") or ""), said=turn.said)
    return await knowledge.answers(
        turn.rt, question=question, region=region, last=last, voice=voice, most=most
    )


def _is_answer(reply: Reply) -> bool:
    return reply.log is not None and reply.log.band not in ("none", "offer")


def _failed(replies: Sequence[Reply]) -> bool:
    return all(reply.log is not None and reply.log.band == "none" for reply in replies)


def _given(dispatcher: CollectingDispatcher, turn: TurnView, replies: Sequence[Reply]) -> Events:
    """Say them. A person is offered after repeated failure by the trigger rules, when this is stored."""
    failures = float(turn.slots.get("failed_answers") or 0) + 1 if _failed(replies) else 0.0
    for reply in replies:
        if reply.content is not None:
            _name_items(turn, reply.content)
        send(dispatcher, reply)
    return [SlotSet("failed_answers", failures)]


def _apologise(replies: Sequence[Reply]) -> None:
    content = replies[0].content
    if content is None:
        return
    content.paragraphs.insert(0, sentence("knowledge.sorry_first"))
    if not _offers_person(content):
        content.buttons.append(_person(sentence("knowledge.human")))


def _name_items(turn: TurnView, content: Content) -> None:
    """The knowledge knows an item by its key; the button says what it starts."""
    for button in content.buttons:
        for item in turn.catalogue.offered:
            if button.payload == f'/start_application{{"item": "{item.key}"}}':
                button.title = turn.texts.say("menu_apply", name=item.name)


def _offers_person(content: Content) -> bool:
    return any(button.payload.startswith("/request_human") for button in content.buttons)


def _person(title: str) -> Button:
    return Button(title=title, payload="/request_human")


async def examples(turn: TurnView, *, region: str | None = None) -> list[Button]:
    """One question of each of the first categories for the talent's place."""
    menu: dict[str, Any] = await knowledge.menu(turn.rt, region=region or turn.region)
    first = [category["questions"][0] for category in menu["categories"][:EXAMPLES] if category["questions"]]
    return [Button(title=q["title"], payload=f'/pick_faq{{"faq": "{q["faq"]}"}}') for q in first]
