"""A comparison as it is said. Pure."""

import re
from collections.abc import Sequence
from datetime import date

from bot.conversation.content import AnswerLog, Content, Reply, Source
from bot.knowledge.compare import Comparison, Side, answers_itself, compare
from bot.knowledge.entitlements import Entitlement, still_says
from bot.knowledge.parts import split
from bot.knowledge.render import FollowUps, faq_button, faq_content, human_button
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot
from bot.texts import sentence

_NOTE = re.compile(r"^以下据|未逐一复核")
_KEY_LINE = 130  # characters of an answer told beside another


def compared(
    snapshot: Snapshot,
    *,
    question: str,
    region: str | None,
    today: date,
    last_faq: str | None,
    rows: Sequence[Entitlement],
    follow: FollowUps,
) -> Reply | None:
    """The answer of a message that compares: side by side, or a FAQ that does so itself."""
    index = snapshot.index
    if len(split(question, analyser=index.analyser)) > 1:
        return None  # several questions are taken one by one
    current = [
        row
        for row in rows
        if row.faq in index.position_of and still_says(index.entries[index.position_of[row.faq]].faq, row)
    ]
    found = compare(snapshot, question, region=region, today=today, rows=current, last_faq=last_faq)
    if found and found.table:
        return say(found, release=snapshot.release)
    faq = answers_itself(snapshot, question, region=region, today=today)
    if faq:
        content = faq_content(faq, today=today, follow_ups=follow(faq))
        return Reply(content=content, log=AnswerLog(band="answer", faq=faq.key, release=snapshot.release))
    return say(found, release=snapshot.release) if found else None


def say(comparison: Comparison, *, release: int) -> Reply:
    if comparison.offers:
        return _which(comparison, release=release)
    faqs = list({side.faq.key: side.faq for side in comparison.sides if side.faq}.values())
    unsure = any(faq.confidence != "高" for faq in faqs)
    content = Content(
        paragraphs=[sentence("compare.lead"), *_verdict(comparison, faqs)],
        items=_lines(comparison),
        table=comparison.table,
        caution=_caution(faqs),
        scope="；".join(_scope(faq) for faq in faqs),
        sources=_sources(faqs),
        buttons=[
            *(faq_button(faq, placed=len({f.region for f in faqs}) > 1) for faq in faqs),
            *([human_button()] if unsure else []),
        ],
        feedback=True,
    )
    log = AnswerLog(band="answer", faq=faqs[0].key, offered=[faq.key for faq in faqs[1:]], release=release)
    return Reply(content=content, log=log)


def _which(comparison: Comparison, *, release: int) -> Reply:
    names = "、".join(side.name for side in comparison.sides)
    buttons = [faq_button(faq, placed=False) for faq in comparison.offers]
    content = Content.say(sentence("compare.which", sides=names), buttons=buttons)
    log = AnswerLog(band="offer", offered=[faq.key for faq in comparison.offers], release=release)
    return Reply(content=content, log=log)


def _verdict(comparison: Comparison, faqs: Sequence[Faq]) -> list[str]:
    """The most that may be said: which number is larger, or why that cannot be said."""
    if comparison.larger:
        larger, smaller = comparison.larger
        return [sentence("compare.larger", year=faqs[0].year, larger=larger, smaller=smaller)]
    if comparison.sides[0].label in ("item", "programme"):
        return [sentence("compare.kinds")]
    return [] if comparison.one_year or len(faqs) < 2 else [sentence("compare.years")]


def _lines(comparison: Comparison) -> list[str]:
    if comparison.table:
        return []
    return [_line(side) for side in comparison.sides]


def _line(side: Side) -> str:
    if side.faq is None:
        return sentence("compare.unknown", name=side.name)
    return sentence("compare.side", name=side.name, scope=_scope(side.faq), line=key_line(side.faq))


def _scope(faq: Faq) -> str:
    if not faq.year:
        return f"{faq.place} · {sentence('profile.no_year')}"
    return sentence("knowledge.year", place=faq.place, year=faq.year)


def _caution(faqs: Sequence[Faq]) -> str | None:
    marks = {faq.confidence for faq in faqs}
    if "低" in marks:
        return sentence("knowledge.caution_low")
    return sentence("knowledge.caution") if "中" in marks else None


def _sources(faqs: Sequence[Faq]) -> list[Source]:
    found: dict[tuple[str, str | None, str | None], Source] = {}
    for faq in faqs:
        for source in faq.sources:
            plain = Source(**source.model_dump(exclude={"code"}))
            found.setdefault((plain.title, plain.number, plain.clause), plain)
    return list(found.values())


def key_line(faq: Faq) -> str:
    """What an answer says first, short enough to stand beside another."""
    answer = faq.answer
    said = [text for text in answer.paragraphs if not _NOTE.search(text)]
    parts = [*said[:1], "；".join(answer.items)]
    if answer.table:
        parts.append("；".join("".join((row[0], " ", "、".join(row[1:]))) for row in answer.table.rows))
    line = "".join(part for part in parts if part)
    if len(line) <= _KEY_LINE:
        return line
    kept = line[:_KEY_LINE]
    end = max(kept.rfind(mark) for mark in "。；")
    return kept[: end + 1] + "……" if end > _KEY_LINE // 3 else kept + "……"
