"""What other parts ask of the knowledge. The search itself is pure: see `search`."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.conversation.content import AnswerLog, Button, Content, Reply
from bot.knowledge import choices, fitting, places
from bot.knowledge.answers import MOST_PARTS, Answered, Asking, answer_message
from bot.knowledge.carried import completed
from bot.knowledge.compare_reply import compared
from bot.knowledge.drafts import list_faqs, publish, read_faq, save_draft, unknown_faq, withdraw
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.files import Loaded, export, load
from bot.knowledge.fitting import Heard, Told, consider, tell
from bot.knowledge.follow_up import find_following, follow_up, valid
from bot.knowledge.gist import gist
from bot.knowledge.leaning import Last
from bot.knowledge.parts import split
from bot.knowledge.places import PlaceSaid, wants_other_place
from bot.knowledge.published import PART, Library, follow, library_of, shipped_analyser, stop_following
from bot.knowledge.render import FollowUps, Voice, faq_button, faq_content, gone_reply, render
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Found, Snapshot
from bot.runtime import SHANGHAI, Runtime
from bot.text.lexicon import Lexicon

__all__ = [
    "Loaded",
    "answer",
    "answer_faq",
    "answers",
    "better_question",
    "current_answers",
    "entitled",
    "export",
    "knows_region",
    "list_faqs",
    "load",
    "meant_by",
    "menu",
    "menu_entry",
    "parts_of",
    "place_content",
    "place_said",
    "publish",
    "read_faq",
    "save_draft",
    "search",
    "start",
    "status",
    "stop",
    "wants_other_place",
    "withdraw",
]
MENU_QUESTIONS = 8  # per category


async def start(rt: Runtime) -> None:
    library = await library_of(rt)
    await asyncio.to_thread(shipped_catalogue)
    library.follower = asyncio.create_task(follow(rt, library), name="knowledge-follower")


async def stop(rt: Runtime) -> None:
    if (library := rt.parts.get(PART)) is not None:
        await stop_following(library)


async def search(
    rt: Runtime, *, question: str, region: str | None, channel: str, last_faq: str | None = None
) -> Found:
    """What a question finds now. `channel` is where it was asked; every answer fits all of them."""
    snapshot = (await library_of(rt)).snapshot
    return find_following(
        snapshot, question=gist(question), region=region, today=_today(rt), last_faq=last_faq
    )


async def answer(
    rt: Runtime, *, question: str, region: str | None, channel: str, last_faq: str | None = None
) -> Reply:
    """The message taken as one question."""
    _, reply = await explain(rt, question=question, region=region, last_faq=last_faq)
    return reply


async def answers(
    rt: Runtime,
    *,
    question: str,
    region: str | None,
    last: Last,
    voice: Voice,
    most: int = MOST_PARTS,
) -> Answered:
    """What a message in a talk is answered with: each of its questions by a reply of its own."""
    snapshot, today = (await library_of(rt)).snapshot, _today(rt)
    question = gist(question)
    reply = _compared(snapshot, question=question, region=region, today=today, last_faq=last.faq)
    if reply is not None:
        return Answered((reply,), about=Last(reply.log.faq if reply.log else None))
    asking = Asking(question, region, today, last, most, voice)
    return answer_message(snapshot, asking, follow_ups=_follow_ups(snapshot, today))


async def entitled(rt: Runtime, *, heard: Heard, region: str | None) -> Told | None:
    """What may be somebody's who tells about themselves; None where the search has to answer."""
    snapshot, catalogue = (await library_of(rt)).snapshot, shipped_catalogue()
    heard = replace(heard, text=gist(heard.text))
    considered = consider(heard, snapshot=snapshot, catalogue=catalogue)
    if considered is None:
        return None
    return tell(considered, snapshot=snapshot, catalogue=catalogue, region=region, today=_today(rt))


async def current_answers(rt: Runtime) -> dict[str, Faq]:
    """Every published answer that holds today, by key."""
    entries, today = (await library_of(rt)).snapshot.index.entries, _today(rt)
    faqs = (entry.faq for entry in entries)
    return {faq.key: faq for faq in faqs if faq.kind == "answer" and valid(faq, today)}


def meant_by(text: str, *, yes: bool, profile: dict[str, Any] | None) -> str | None:
    """What a typed yes or no tells about the person."""
    return fitting.meant_by(text, yes=yes, profile=profile, catalogue=shipped_catalogue())


def parts_of(question: str) -> tuple[str, ...]:
    """The questions a message seems to hold by its wording, each complete in itself."""
    analyser = shipped_analyser()
    return completed(split(question, analyser=analyser), analyser=analyser)


async def explain(
    rt: Runtime, *, question: str, region: str | None, last_faq: str | None = None
) -> tuple[Found, Reply]:
    """An answer with what was found on the way, both of one release."""
    snapshot, today = (await library_of(rt)).snapshot, _today(rt)
    question = gist(question)
    following = follow_up(snapshot, question=question, region=region, today=today, last=Last(last_faq))
    lexicon = snapshot.index.analyser.lexicon
    reply = _compared(snapshot, question=question, region=region, today=today, last_faq=last_faq)
    reply = reply or render(following, lexicon=lexicon, today=today, follow=_follow_ups(snapshot, today))
    return following.found, reply


async def answer_faq(rt: Runtime, *, key: str, region: str | None, channel: str) -> Reply:
    """A FAQ picked by name. An expired one is shown as history, a withdrawn one not at all."""
    snapshot = (await library_of(rt)).snapshot
    position = snapshot.index.position_of.get(key)
    if position is None:
        return gone_reply(release=snapshot.release)
    faq, today = snapshot.index.entries[position].faq, _today(rt)
    band = "answer" if faq.kind == "answer" else "not_published"
    return Reply(
        content=faq_content(faq, today=today, follow_ups=_follow_ups(snapshot, today)(faq)),
        log=AnswerLog(band=band, faq=key, release=snapshot.release),
    )


async def place_content(rt: Runtime, *, code: str, buttons: Sequence[Button]) -> Content:
    index = (await library_of(rt)).snapshot.index
    return choices.place_content(index, code=code, buttons=buttons, today=_today(rt))


async def better_question(
    rt: Runtime, *, question: str, region: str | None, offered: Collection[str]
) -> Content:
    index = (await library_of(rt)).snapshot.index
    return choices.better_question(
        index, question=gist(question), region=region, offered=offered, today=_today(rt)
    )


async def menu(rt: Runtime, *, region: str | None) -> dict[str, Any]:
    """Categories with their questions for a place, and the places to choose from."""
    index = (await library_of(rt)).snapshot.index
    lexicon, today = index.analyser.lexicon, _today(rt)
    chain = lexicon.chain(region) if region in lexicon.regions else None
    categories: dict[str, list[dict[str, str]]] = {}
    covered: set[str] = set()
    # What concerns most people comes first: wide places, and what other answers lead to.
    led_to: Counter[str] = Counter()
    called_for: Counter[str] = Counter()  # by other categories: their own links make insiders' lists big
    for entry in index.entries:
        for key in entry.faq.follow_ups:
            led_to[key] += 1
            if key in index.position_of:
                other = index.entries[index.position_of[key]].faq.category
                called_for[key] += other != entry.faq.category
    weight: Counter[str] = Counter()
    for entry in sorted(
        index.entries,
        key=lambda one: (len(lexicon.chain(one.faq.region)), -led_to[one.faq.key], one.faq.key),
    ):
        faq = entry.faq
        covered.add(faq.region)
        near = chain is None or faq.region in chain or region in lexicon.chain(faq.region)
        if near and faq.kind == "answer" and valid(faq, today):
            categories.setdefault(faq.category, []).append({"faq": faq.key, "title": faq.question})
            weight[faq.category] += called_for[faq.key]
    ordered = sorted(categories.items(), key=lambda one: -weight[one[0]])
    # Provinces we know something about, with all their cities and districts.
    provinces = {code[:2] + "0000" for code in covered} - {"000000"}
    return {
        "categories": [{"title": t, "questions": q[:MENU_QUESTIONS]} for t, q in ordered],
        "regions": [_region_tree(lexicon=lexicon, code=code) for code in sorted(provinces)],
    }


def title_of(rt: Runtime, *, key: str) -> str | None:
    """The published question of a FAQ; None while nothing is loaded, and for one that is gone."""
    library: Library | None = rt.parts.get(PART)
    position = library.snapshot.index.position_of.get(key) if library else None
    return library.snapshot.index.entries[position].faq.question if library and position is not None else None


async def menu_entry(rt: Runtime, *, key: str) -> tuple[str, str]:
    """Title and payload of a pressed menu entry."""
    index = (await library_of(rt)).snapshot.index
    position = index.position_of.get(key)
    if position is None:
        raise unknown_faq()
    button = faq_button(index.entries[position].faq, placed=False)
    return button.title, button.payload


def knows_region(rt: Runtime, code: str) -> bool:
    """Whether it is a place a person can choose. Needs `start`."""
    library: Library = rt.parts[PART]
    return code in library.snapshot.index.analyser.lexicon.regions


def place_said(text: str) -> PlaceSaid:
    return places.place_said(text, lexicon=shipped_analyser().lexicon)


async def status(rt: Runtime) -> dict[str, Any]:
    """For /healthz: what this process answers from."""
    library: Library | None = rt.parts.get(PART)
    if library is None or library.snapshot.release == 0:
        return {"ok": False, "release": 0, "faqs": 0}
    snapshot = library.snapshot
    return {"ok": True, "release": snapshot.release, "faqs": len(snapshot.index.entries)}


def _compared(
    snapshot: Snapshot, *, question: str, region: str | None, today: date, last_faq: str | None
) -> Reply | None:
    return compared(
        snapshot,
        question=question,
        region=region,
        today=today,
        last_faq=last_faq,
        rows=shipped_catalogue().rows,
        follow=_follow_ups(snapshot, today),
    )


def _follow_ups(snapshot: Snapshot, today: date) -> FollowUps:
    def follow_ups(faq: Faq) -> list[Faq]:
        index = snapshot.index
        found = [
            index.entries[index.position_of[key]].faq for key in faq.follow_ups if key in index.position_of
        ]
        return [other for other in found if valid(other, today)]

    return follow_ups


def _today(rt: Runtime) -> date:
    return rt.clock.now().astimezone(SHANGHAI).date()


def _region_tree(*, lexicon: Lexicon, code: str) -> dict[str, Any]:
    children = sorted(c for c, region in lexicon.regions.items() if region.parent == code)
    return {
        "code": code,
        "name": lexicon.region_name(code),
        "children": [_region_tree(lexicon=lexicon, code=child) for child in children],
    }
