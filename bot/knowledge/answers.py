"""What one message is answered with: one reply, or one for each of its questions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.conversation.content import AnswerLog, Content, Reply
from bot.knowledge.carried import completed
from bot.knowledge.focus import LABELS
from bot.knowledge.follow_up import follow_up
from bot.knowledge.leaning import Following, Last, Manner
from bot.knowledge.parts import split, tidy, without_courtesy
from bot.knowledge.render import FollowUps, Voice, ask_button, render
from bot.knowledge.rules import Band
from bot.knowledge.search import Snapshot
from bot.texts import sentence

MOST_PARTS = 3
_MOST_LEFT = 5  # questions named as buttons
_MOST_SEARCHED = 8  # questions looked up; whoever sends more is asked to send the rest apart
_MOST_QUESTION = 180  # characters a button can carry
_TITLE = 24
_UNKNOWN = 0.3  # share of words no FAQ has, from which a part is about something else
_SUBJECTS = {"item", "programme"}
_DIRECT = (Band.ANSWER, Band.NOT_PUBLISHED)


@dataclass(frozen=True)
class Asking:
    """A message with what is known around it."""

    question: str
    region: str | None
    today: date
    last: Last = field(default_factory=Last)
    most: int = MOST_PARTS
    voice: Voice = field(default_factory=Voice)


@dataclass(frozen=True)
class Answered:
    """`about` and `open_question` are what the next message may lean on."""

    replies: tuple[Reply, ...]
    about: Last
    open_question: str | None = None  # waits for a place
    repeated: bool = False  # about the same FAQ as before


@dataclass(frozen=True)
class _Part:
    said: str
    asked: str  # with the place and subject it left unsaid
    following: Following
    own: bool  # names its own subject
    beyond: tuple[str, ...] = ()  # asked as well, and not said elsewhere

    @property
    def key(self) -> str | None:
        found = self.following.found
        return found.faqs[0].key if found.band in _DIRECT else None


def answer_message(snapshot: Snapshot, asking: Asking, *, follow_ups: FollowUps) -> Answered:
    parts, unread = _parts(snapshot, asking)
    lexicon, today = snapshot.index.analyser.lexicon, asking.today
    now, left = parts[: asking.most], parts[asking.most :]
    replies: list[Reply] = []
    asking_place = next((part for part in now if part.following.found.band is Band.CLARIFY), None)
    unclear = [part for part in now if asking_place and _waits_for_place(part)]
    elsewhere = [part for part in now if part.following.found.elsewhere]
    spoken = [_together(elsewhere) if part in elsewhere[:1] else part for part in now]
    for part in spoken:
        if (part in unclear and part is not asking_place) or part in elsewhere[1:]:
            continue
        reply = render(part.following, lexicon=lexicon, today=today, follow=follow_ups, voice=asking.voice)
        if reply.content and len(parts) > 1:
            _headed(reply.content, part, unclear if part in unclear else [])
        if reply.content and part.beyond:
            notes = [sentence("knowledge.part_beyond", title=_title(said)) for said in part.beyond]
            reply.content.paragraphs += notes
        replies.append(reply)
    if left or unread:
        replies.append(_left(snapshot, left, unread=unread))
    about = _about(now, asking)
    return Answered(
        replies=tuple(replies),
        about=about,
        open_question="；".join(tidy(part.asked) for part in unclear) or None,
        repeated=about.faq is not None and about.faq == asking.last.faq,
    )


def _parts(snapshot: Snapshot, asking: Asking) -> tuple[list[_Part], int]:
    """The questions looked up, and how many more there are."""
    analyser = snapshot.index.analyser
    asking = replace(asking, question=without_courtesy(asking.question))
    whole = _Part(
        asking.question, asking.question, _followed(snapshot, asking, asking.question, asking.last), True
    )
    said = tuple(dict.fromkeys(split(asking.question, analyser=analyser)))
    if len(said) == 1 or snapshot.index.question(asking.question).analysed.core in snapshot.index.exact:
        return [whole], 0
    unread = max(len(said) - _MOST_SEARCHED, 0)
    said = said[:_MOST_SEARCHED]
    leaning = asking.last.faq is not None
    parts: list[_Part] = []
    last = asking.last
    for one, full in zip(said, completed(said, analyser=analyser, leaning=leaning), strict=True):
        slots = snapshot.index.question(one)
        own = bool(_SUBJECTS & set(slots.analysed.slots)) or slots.unknown >= _UNKNOWN
        # What no FAQ has a word for is not about the subject before it.
        asked = tidy(one) if slots.unknown >= _UNKNOWN else full
        following = _followed(snapshot, asking, asked, last)
        if following.found.band is Band.OFFER and asked != one and not slots.analysed.slots:
            # The lent subject alone made it look like something of ours.
            alone = _followed(snapshot, asking, tidy(one), Last())
            following = alone if alone.found.band is Band.NONE else following
        part = _Part(one, asked, following, own)
        parts.append(part)
        if part.key:
            last = Last(part.key)
    return _joined(parts, whole), unread


def _joined(parts: Sequence[_Part], whole: _Part) -> list[_Part]:
    """Two questions with one answer are answered once; what adds nothing to an answer is noted."""
    kept: list[_Part] = []
    for part in parts:
        same = next((n for n, one in enumerate(kept) if part.key and one.key == part.key), None)
        before = kept[-1] if kept else None
        if same is not None:
            kept[same] = replace(kept[same], said=f"{tidy(kept[same].said)}；{tidy(part.said)}")
        elif before and before.key and not part.own and _adds_nothing(part, before.key):
            kept[-1] = replace(before, beyond=(*before.beyond, part.said))
        else:
            kept.append(part)
    if whole.key and not any(part.key for part in kept):
        return [whole]
    return kept


def _waits_for_place(part: _Part) -> bool:
    """Asked where, or sure to be once one part is: only cities have anything for it."""
    found = part.following.found
    local = found.faqs and all(not faq.region.endswith("0000") for faq in found.faqs)
    offered = found.band is Band.OFFER and not found.place.known and bool(local)
    return found.band is Band.CLARIFY or offered


def _adds_nothing(part: _Part, shown: str) -> bool:
    found = part.following.found
    offered_again = found.band is Band.OFFER and shown in [faq.key for faq in found.faqs]
    return found.band is Band.NONE or found.beside or offered_again


def _followed(snapshot: Snapshot, asking: Asking, question: str, last: Last) -> Following:
    return follow_up(snapshot, question=question, region=asking.region, today=asking.today, last=last)


def _headed(content: Content, part: _Part, unclear: Sequence[_Part]) -> None:
    if len(unclear) > 1:
        titles = "；".join(_title(one.said) for one in unclear)
        content.paragraphs[:] = [sentence("knowledge.parts_clarify", titles=titles)]
    else:
        content.paragraphs.insert(0, sentence("knowledge.part", title=_title(part.said)))
    # Each part leads on to its own questions; together they would be a wall of buttons.
    if part.key:
        content.buttons[:] = [b for b in content.buttons if not b.payload.startswith("/pick_faq")]


def _together(parts: Sequence[_Part]) -> _Part:
    """One message for all that only other places have rules for."""
    faqs = {faq.key: faq for part in parts for faq in part.following.found.faqs}
    found = replace(parts[0].following.found, faqs=tuple(faqs.values()))
    said = "；".join(tidy(part.said) for part in parts)
    return replace(parts[0], said=said, following=replace(parts[0].following, found=found))


def _left(snapshot: Snapshot, parts: Sequence[_Part], *, unread: int) -> Reply:
    buttons = [
        ask_button(part.asked[:_MOST_QUESTION], title=_title(part.said)) for part in parts[:_MOST_LEFT]
    ]
    said = [sentence("knowledge.parts_rest")] if parts else []
    said += [sentence("knowledge.parts_unread", count=unread)] if unread else []
    content = Content.say(*said, buttons=buttons)
    content.items += [_title(part.said) for part in parts[_MOST_LEFT:]]
    return Reply(content=content, log=AnswerLog(band="offer", release=snapshot.release))


def _title(said: str) -> str:
    title = tidy(said)
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def _about(parts: Sequence[_Part], asking: Asking) -> Last:
    answered = [part for part in parts if part.key]
    if answered:
        part = answered[-1]
        focus = part.following.focus
        single = focus.values[0] if focus and len(focus.values) == 1 and focus.label in LABELS else None
        return Last(part.key, single if part.following.manner is not Manner.WHY else asking.last.focus)
    return asking.last if parts[0].following.leans else Last()
