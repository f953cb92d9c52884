"""A message that leans on the talk before it. Pure, like `search`."""

import re
from dataclasses import replace
from datetime import date

from bot.knowledge.index import Index, Question
from bot.knowledge.rules import Band
from bot.knowledge.search import Found, Snapshot, find, firsts

_ELLIPTICAL = 12  # a follow-up question is at most this many characters
_POINTS_BACK = re.compile(r"^(?:那么?|这个?|它|其|该)")
_CARRIED = ("region", "tier", "programme", "item", "degree")


def find_following(
    snapshot: Snapshot, *, question: str, region: str | None, today: date, last_faq: str | None
) -> Found:
    index = snapshot.index
    asked = index.question(question)
    found = find(snapshot, question=question, region=region, today=today)
    carried = _carried_over(index, asked, last_faq)
    if carried is None:
        return found
    followed = find(snapshot, question=carried, region=region, today=today)
    if followed.band is Band.NONE:
        return found
    if last_faq in [faq.key for faq in followed.faqs] and _only_aspect(asked):
        return _beside(index, followed, last_faq)
    # 「那期满之后呢」 is about the last subject, even where another subject's phrasing fits better.
    if _only_aspect(asked) or followed.probability > found.probability:
        return followed
    return found


def _only_aspect(asked: Question) -> bool:
    return set(asked.analysed.slots) == {"aspect"} and not asked.analysed.regions


def _beside(index: Index, found: Found, last_faq: str | None) -> Found:
    """The answer was just given: what lies beside it helps more than saying it again."""
    faqs = firsts(index, found, without=last_faq)
    if found.band not in (Band.ANSWER, Band.NOT_PUBLISHED) or not faqs:
        return found
    return replace(found, band=Band.OFFER, faqs=faqs, regions=(), beside=True)


def _carried_over(index: Index, asked: Question, last_faq: str | None) -> str | None:
    """「那第四层次呢」 after a FAQ about the third tier: the last subject with the new part."""
    position = index.position_of.get(last_faq or "")
    new = asked.analysed
    names = set(new.slots) | ({"region"} if new.regions else set())
    if position is None or len(new.core) > _ELLIPTICAL or not names:
        return None
    if {"item", "programme"} & names and not _POINTS_BACK.match(new.core):
        return None
    lexicon = index.analyser.lexicon
    last = index.analyser.analyse(index.entries[position].faq.question).core
    mentions = [m for m in lexicon.find(last) if m.label in _CARRIED]
    if "aspect" not in names:
        # Only another place, tier or degree: put it where the last question had its own.
        for mention in lexicon.find(new.core):
            old = next((m for m in mentions if m.label == mention.label), None)
            if old is not None:
                return last.replace(old.text, mention.text)
        return f"{last}{new.core}"
    subject = "".join(m.text for m in mentions if m.label not in names)
    return f"{subject}{_POINTS_BACK.sub('', new.core)}" if subject else None
