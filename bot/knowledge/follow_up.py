"""A message that leans on the talk before it. Pure, like `search`."""

import re
from dataclasses import dataclass, replace
from datetime import date

from bot.knowledge.carried import exchanged, pointing_removed
from bot.knowledge.focus import LABELS, Focus, focus_of, line_of
from bot.knowledge.index import Entry, Question
from bot.knowledge.leaning import Following, Last, Manner
from bot.knowledge.rules import MOST_OFFERS, Band, Fit, Place
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Found, Snapshot, find, firsts
from bot.text.lexicon import Lexicon, Mention

_ELLIPTICAL = 14  # a follow-up question is at most this many characters,
_POINTING = 18  # or this many if it points back in so many words
_LIKELY = 0.6
_NO_QUESTION = 4  # 「啊？」 changes no subject
_CARRIED = ("region", "tier", "programme", "item", "degree")
_POINTS_BACK = re.compile(r"^(?:那|这|它|其|该|上面|刚才|前面)")
_IF = re.compile(r"^(?:如果|要是|假如|万一|若是?)")
_MORE = re.compile(
    r"(?:那|然后)?(?:还有(?:别的|其他|其它)?(?:的)?(?:吗|没有|没)?|其他的?|其它的?|别的|另外的|然后|接着说|继续说|剩下的|全部|完整的?|都有哪些)"
)
_DETAIL = re.compile(
    r"(?:能不能|能|可以|请|麻烦|那)?(?:再|给我|跟我)?(?:说|讲|解释|介绍|展开)?(?:得|的)?(?:更|再)?"
    r"(?:具体|详细|仔细|清楚|明白|展开)(?:一?点儿?|一些|些|说说|讲讲|说明|介绍)?(?:吗)?"
)
_WHY = re.compile(
    r"(?:这是|那)?(?:为什么|为啥|为何|凭什么|凭啥|咋回事|什么原因|怎么会这样)(?:这样|这么规定|呀)?"
)


# What may stand around the one new name in a follow-up.
_AROUND = re.compile(
    r"那么?|的话|要是|如果|假如|换成|换到|换做|对于|关于|至于|我们?|他们?|她|是|在|的|市|区|县|呢|人才|人员|这边|那边|怎么样|怎样|如何|咋样|多少|有吗|有没有|又|也|呀|啊|[们个]"
    r"|[跟和与同]|相比|对比|比起来|比"
)
_PLAIN = re.compile(
    r"[我咱你他她这那]|单位|公司|企业|现在|需要|可以|如果|就是|还是|应该|怎|什么|多|哪|几|有没有|能不能|是不是|想"
)
_DIRECT = (Band.ANSWER, Band.NOT_PUBLISHED)


def find_following(
    snapshot: Snapshot, *, question: str, region: str | None, today: date, last_faq: str | None
) -> Found:
    return follow_up(snapshot, question=question, region=region, today=today, last=Last(last_faq)).found


def follow_up(snapshot: Snapshot, *, question: str, region: str | None, today: date, last: Last) -> Following:
    index = snapshot.index
    asked = index.question(question)
    own = find(snapshot, question=question, region=region, today=today)
    focus = focus_of(asked.analysed.slots)
    position = index.position_of.get(last.faq or "")
    if position is None:
        return Following(own, focus=focus)
    entry = index.entries[position]
    if asked.analysed.core in index.exact and own.band in _DIRECT:
        return Following(own, focus=focus)
    talk = _Talk(snapshot, entry, last, region, today)
    return (
        talk.continued(asked)
        or talk.other_line(asked, own)
        or talk.other_place(asked)
        or talk.other_aspect(asked)
        or talk.other_subject(asked, own)
        or Following(own, focus=focus, leans=_says_nothing(asked))
    )


@dataclass(frozen=True)
class _Talk:
    """The last subject and the ways a message can lean on it; each gives None if it does not."""

    snapshot: Snapshot
    entry: Entry
    last: Last
    region: str | None
    today: date

    def continued(self, asked: Question) -> Following | None:
        """「还有呢」「具体点」「为什么」."""
        core = asked.analysed.core
        if _WHY.fullmatch(core):
            return Following(self._given(asked), Manner.WHY, leans=True)
        if not (_MORE.fullmatch(core) or _DETAIL.fullmatch(core)):
            return None
        given = self._given(asked)
        return Following(given if self.last.focus else self._beside(given), leans=True)

    def other_line(self, asked: Question, own: Found) -> Following | None:
        """「那第四层次呢」: the same rule's line for another tier or degree."""
        focus = focus_of(asked.analysed.slots)
        if focus is None or set(asked.analysed.slots) - set(LABELS) or asked.analysed.regions:
            return None
        if not self._nothing_else(asked):
            return None
        line = line_of(self.entry.faq.answer, focus=focus, lexicon=self._lexicon, only=True)
        told = any(value in "".join(self.entry.faq.answer.paragraphs) for value in focus.values)
        if (line and line.found) or (line is None and told):
            return Following(self._given(asked), Manner.ROW, focus, leans=True)
        other = self._find(exchanged(self._question, said=self._said(asked), lexicon=self._lexicon))
        if other.band is Band.ANSWER and other.faqs[0].key != self.entry.faq.key:
            there = line_of(other.faqs[0].answer, focus=focus, lexicon=self._lexicon, only=False)
            if there and there.found:
                return Following(other, focus=focus, leans=True)
        if line:
            return Following(self._given(asked), Manner.ROW, focus, leans=True)
        better = not self._shown(other) and other.probability > own.probability
        return Following(other, focus=focus, leans=True) if better else None

    def other_place(self, asked: Question) -> Following | None:
        """「青岛呢」: the same question about another place."""
        if set(asked.analysed.slots) or not asked.analysed.regions or not self._nothing_else(asked):
            return None
        place, focus = asked.analysed.regions[-1], self._kept_focus()
        row = Focus("region", (place,))
        if line_of(self.entry.faq.answer, focus=row, lexicon=self._lexicon, only=True, told=True):
            return Following(self._given(asked), Manner.ROW, row, leans=True, place=place)
        twin = next((e for e in self.snapshot.index.entries if self._twin(e, place)), None)
        if twin is not None:
            manner = Manner.ROW if focus else Manner.WHOLE
            return Following(self._given(asked, twin.faq), manner, focus, leans=True)
        found = self._find(exchanged(self._question, said=self._said(asked), lexicon=self._lexicon))
        inside = place != self.entry.faq.region and self.entry.faq.region in self._lexicon.chain(place)
        if inside and (self._shown(found) or found.band not in _DIRECT):
            return Following(self._given(asked), Manner.WIDER, focus, leans=True, place=place)
        return Following(found, focus=focus, leans=True)

    def other_aspect(self, asked: Question) -> Following | None:
        """「要多久」「谁管」: another thing about the same subject."""
        aspects = asked.analysed.slots.get("aspect", frozenset())
        if set(asked.analysed.slots) != {"aspect"} or asked.analysed.regions or not self._short(asked):
            return None
        subject = self._subject(without=("aspect",))
        if not subject or self._names_another(asked):
            return None
        found = self._find(f"{subject}{_IF.sub('', pointing_removed(asked.analysed.core))}")
        first = found.faqs[0].key if found.faqs else None
        if found.band in (*_DIRECT, Band.CLARIFY) and first != self.entry.faq.key:
            return Following(found, focus=self._kept_focus(), leans=True)
        if first == self.entry.faq.key and (found.band in _DIRECT or self._speaks(first, aspects)):
            return Following(self._beside(found), leans=True, subject=subject)
        near = [c.key for c in found.candidates if c.fit is not Fit.OTHER and self._speaks(c.key, aspects)]
        faqs = tuple(self._entry(key).faq for key in near if key != self.entry.faq.key)[:MOST_OFFERS]
        # The subject is known and the aspect named: less likeness is enough than for a first question.
        best = [c.key for c in found.candidates if c.key != self.entry.faq.key][:2]
        alone = len(faqs) == 1 and faqs[0].key in best
        if alone or (found.probability >= _LIKELY and faqs and faqs[0].key == best[0]):
            return Following(self._given(asked, faqs[0]), focus=self._kept_focus(), leans=True)
        if faqs:
            offered = replace(found, band=Band.OFFER, faqs=faqs, regions=(), elsewhere=False)
            return Following(offered, leans=True, subject=subject)
        # Another subject's phrasing may fit the bare words; it is not what was meant.
        unsaid = self._beside(found, always=True)
        point = pointing_removed(asked.analysed.core)
        return Following(unsaid, Manner.UNSAID, leans=True, subject=subject, point=point)

    def _names_another(self, asked: Question) -> bool:
        """「公积金提取要什么材料」: a word that no answer around the last subject knows."""
        around = (e.faq for e in self.snapshot.index.entries if e.faq.category == self.entry.faq.category)
        known = "".join("".join((*faq.says(), *faq.answer.paragraphs, *faq.answer.items)) for faq in around)
        taken = "".join(m.text for m in self._lexicon.find(asked.analysed.core))
        words = (word for word in asked.analysed.words if len(word) > 1 and not word.startswith("="))
        return any(word not in known and word not in taken and not _PLAIN.match(word) for word in words)

    def _speaks(self, key: str, aspects: frozenset[str]) -> bool:
        """Of that aspect, and of the subject the talk is about."""
        there, here = self._entry(key), self.entry
        subject = {(label, value) for label, value in here.named_slots if label in ("item", "programme")}
        return bool(aspects & there.slots.get("aspect", frozenset())) and subject <= there.all_slots

    def other_subject(self, asked: Question, own: Found) -> Following | None:
        """「租房呢」「我爱人呢」: place and tier stay."""
        slots, core = asked.analysed.slots, asked.analysed.core
        if not {"item", "programme"} & set(slots) or asked.analysed.regions or not self._short(asked):
            return None
        kept = self._subject(without=tuple({*slots, *_CARRIED} - {"region"}))
        if _POINTS_BACK.match(asked.analysed.normalised) and "aspect" in slots:
            kept = self._subject(without=tuple(slots)) or kept
        subject = self._subject(without=tuple(slots))
        tries = [f"{one}{pointing_removed(core)}" for one in dict.fromkeys((kept, subject)) if one]
        if "aspect" not in slots and self._nothing_else(asked):
            tries.append(exchanged(self._question, said=self._said(asked), lexicon=self._lexicon))
        others = [found for found in map(self._find, tries) if not self._shown(found)]
        found = max(others, key=_worth, default=own)
        if found is own or _worth(found) < _worth(own):
            return None
        return Following(found, focus=focus_of(slots) or self._kept_focus(), leans=True)

    @property
    def _lexicon(self) -> Lexicon:
        return self.snapshot.index.analyser.lexicon

    @property
    def _question(self) -> str:
        return self.snapshot.index.analyser.analyse(self.entry.faq.question).core

    @property
    def _mentions(self) -> list[Mention]:
        return [m for m in self._lexicon.find(self._question) if m.label in _CARRIED]

    def _subject(self, *, without: tuple[str, ...]) -> str:
        named = {(m.label, m.value): m.text for m in self._mentions if m.label not in without}
        return "".join(named.values())

    def _shown(self, found: Found) -> bool:
        return [faq.key for faq in found.faqs[:1]] == [self.entry.faq.key]

    def _entry(self, key: str) -> Entry:
        return self.snapshot.index.entries[self.snapshot.index.position_of[key]]

    def _nothing_else(self, asked: Question) -> bool:
        """「那青岛呢」, not 「青岛地铁几点停」."""
        rest = asked.analysed.core
        for mention in self._said(asked):
            rest = rest.replace(mention.text, "")
        return not _AROUND.sub("", rest)

    def _said(self, asked: Question) -> list[Mention]:
        return [m for m in self._lexicon.find(asked.analysed.core) if m.label in _CARRIED]

    def _kept_focus(self) -> Focus | None:
        label = next((m.label for m in self._lexicon.find(self.last.focus or "") if m.label in LABELS), None)
        return Focus(label, (self.last.focus,)) if label and self.last.focus else None

    def _short(self, asked: Question) -> bool:
        points = _POINTS_BACK.match(asked.analysed.normalised)
        return len(asked.analysed.core) <= (_POINTING if points else _ELLIPTICAL)

    def _twin(self, other: Entry, place: str) -> bool:
        return other.faq.region == place and other.twin_of(self.entry) and valid(other.faq, self.today)

    def _find(self, question: str) -> Found:
        return find(self.snapshot, question=question, region=self.region, today=self.today)

    def _given(self, asked: Question, faq: Faq | None = None) -> Found:
        """That FAQ, as surely as a pressed button."""
        faq = faq or self.entry.faq
        return Found(
            band=Band.ANSWER if faq.kind == "answer" else Band.NOT_PUBLISHED,
            probability=1.0,
            candidates=(),
            release=self.snapshot.release,
            normalised=asked.analysed.normalised,
            faqs=(faq,),
            regions=(),
            place=Place(codes=(faq.region,), named=False),
            elsewhere=False,
        )

    def _beside(self, found: Found, *, always: bool = False) -> Found:
        """The answer was just given: what lies beside it helps more than saying it again."""
        index, shown = self.snapshot.index, self.entry.faq.key
        linked = [index.position_of[key] for key in self.entry.faq.follow_ups if key in index.position_of]
        faqs = [index.entries[position].faq for position in linked]
        near = [faq for faq in firsts(index, found, without=shown) if faq.category == self.entry.faq.category]
        beside = tuple({faq.key: faq for faq in (*faqs, *near) if valid(faq, self.today)}.values())
        if not (beside or always):
            return found
        band = Band.NONE if always else Band.OFFER
        return replace(found, band=band, faqs=beside[:MOST_OFFERS], regions=(), beside=True)


def valid(faq: Faq, today: date) -> bool:
    return (faq.valid_from is None or faq.valid_from <= today) and (
        faq.valid_until is None or today <= faq.valid_until
    )


def _worth(found: Found) -> tuple[bool, bool, float]:
    return found.band in _DIRECT, found.band is not Band.NONE, found.probability


def _says_nothing(asked: Question) -> bool:
    new = asked.analysed
    return not (new.slots or new.regions) and len(new.core) <= _NO_QUESTION
