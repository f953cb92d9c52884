"""Drafts that were left: which there are, how far each is, and going on with one."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form_item import item_of
from actions.menu import menu_of
from actions.telling_updates import tell_update
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.errors import Refusal
from bot.runtime import SHANGHAI
from bot.service.drafts import OpenDraft, open_drafts, take_over
from bot.service.rules import adopt, missing, outdated


class PickDraft(Action):
    def name(self) -> str:
        return "action_pick_draft"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        return await take_up(dispatcher, turn) or [SlotSet("awaiting", None)]


async def take_up(dispatcher: CollectingDispatcher, turn: TurnView, draft_id: str | None = None) -> Events:
    """Go on with a draft, wherever it was; nothing where that cannot be, which is said."""
    chosen = draft_id or turn.entity("draft")
    if chosen is None:  # 「第一份草稿」 in words: which there are, to press
        drafts = await open_drafts(turn.rt, conversation_id=turn.conversation_id)
        nothing = menu_of(turn, turn.texts.say("nothing_paused"))
        say(dispatcher, await drafts_content(turn, drafts) if drafts else nothing)
        return []
    try:
        content = await take_over(turn.rt, draft_id=chosen, conversation_id=turn.conversation_id)
    except Refusal as refusal:
        say(dispatcher, Content.say(refusal.message))
        return []
    return await go_on(dispatcher, turn, content)


async def go_on(dispatcher: CollectingDispatcher, turn: TurnView, stored: dict[str, Any]) -> Events:
    item = await item_of(turn, stored.get("item"))
    if item is None:
        closed = turn.catalogue.items.get(str(stored.get("item")))
        name = closed.name if closed else turn.texts.say("this_item")
        human = Button(title=turn.texts.say("button_human"), payload="/request_human")
        say(dispatcher, Content.say(turn.texts.say("item_closed", name=name), buttons=[human]))
        return []
    say(dispatcher, Content.say(turn.texts.say("resumed", name=item.name)))
    refill = outdated(item=item, stored=stored)
    if refill is not None:
        tell_update(dispatcher, turn, item, refill)
    return [SlotSet("application", {**adopt(item=item, stored=stored), "tries": 0})]


async def drafts_content(turn: TurnView, drafts: list[OpenDraft]) -> Content:
    texts, lines, buttons = turn.texts, [], []
    for draft in drafts:
        item = await item_of(turn, draft.items)
        if item is None:
            continue
        fitted = adopt(item=item, stored=draft.content)
        where = "draft_here" if draft.here else f"draft_{draft.channel.value}"
        left = len(missing(item=item, draft=fitted))
        lines.append(
            texts.say(
                "draft_line" if left else "draft_line_full",
                name=item.name,
                done=len(fitted["values"]),
                left=left,
                at=f"{draft.updated_at.astimezone(SHANGHAI):%-m月%-d日 %H:%M}",
                where=texts.say(where),
            )
        )
        title = texts.say("draft_button", name=item.name)
        if sum(other.items == draft.items for other in drafts) > 1:
            title += f"（{draft.updated_at.astimezone(SHANGHAI):%m-%d %H:%M}）"
        buttons.append(Button(title=title, payload=f'/pick_draft{{"draft": "{draft.id}"}}'))
    if not buttons:  # of items that are offered no more, of 补正 that somebody else has handed in
        return menu_of(turn, texts.say("nothing_paused"))
    return Content(paragraphs=[texts.say("drafts_ask")], items=lines, buttons=buttons)
