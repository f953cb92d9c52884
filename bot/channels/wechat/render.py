"""Content as WeChat text: plain lines, choices as numbers, cut to what one message carries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.content import File, Source, Table
from bot.conversation.models import Author
from bot.texts import sentence

TEXT_LIMIT = 2048  # bytes of UTF-8 in one message, passive or sent
MAX_PARTS = 3  # of the five messages a user's message allows
SOURCES_SHOWN = 3
ROWS_SHOWN = 12
MORE_ROOM = 600  # bytes kept for the line about what is left out

_SENTENCE_END = re.compile(r"(?<=[。！？；])")
_MARKUP = str.maketrans({"<": "＜", ">": "＞", '"': "＂", "&": "＆"})


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """`body` may be cut, `tail` (the choices) may not. `speaker` goes before what is said.

    `pictures` are ids of files sent as pictures, after the text if there is any.
    """

    speaker: str
    body: str
    tail: str
    pictures: tuple[str, ...] = ()
    asks_rating: bool = False

    def whole(self, *, named: bool = True) -> str:
        speaker = self.speaker if named else ""
        return speaker + "\n".join(part for part in (self.body, self.tail) if part)


def render(view: Mapping[str, Any], *, menu_links: bool) -> Rendered:
    """A message on the wire (see docs/architecture.md) as text."""
    content = view["content"]
    lines: list[str] = list(content.get("paragraphs") or ())
    lines += [f"· {item}" for item in content.get("items") or ()]
    if card := content.get("card"):
        lines.append(f"【{card['title']}】")
        lines += [f"{label}：{value}" for label, value in card["rows"]]
        if card.get("more"):
            titles = "、".join(f"“{title}”" for title, _ in card["more"])
            lines.append(sentence("wechat.more_parts", titles=titles))
    if content.get("table"):
        lines += _table(Table.model_validate(content["table"]))
    if content.get("caution"):
        lines.append(content["caution"])
    if content.get("scope"):
        lines.append(sentence("wechat.scope", scope=content["scope"]))
    if content.get("status"):
        lines.append(sentence("wechat.status", status=content["status"]))
    if content.get("sources"):
        lines.append(_basis([Source.model_validate(source) for source in content["sources"]]))
    if content.get("question"):
        lines.append(content["question"])
    files = [File.model_validate(file) for file in content.get("files") or ()]
    pictures = tuple(file.id for file in files if file.media_type.startswith("image/"))
    lines += [sentence("wechat.file", name=file.name) for file in files if file.id not in pictures]
    return Rendered(
        speaker=_speaker(view["author"], view.get("author_name")),
        body="\n".join(line.strip() for line in lines if line.strip()),
        tail=_choices(view, menu_links=menu_links),
        pictures=pictures,
        asks_rating=bool(content.get("rate")),
    )


@dataclass
class Sheet:
    """One text to a person, filled with messages as long as they fit."""

    texts: list[str]
    speaker: str = ""
    choices: bool = False

    def add(self, shown: Rendered, *, part: str, whole: bool) -> bool:
        """Put `part` under what stands there; `whole` if it is all of the message."""
        named = shown.speaker != self.speaker or not whole
        piece = part if named else shown.whole(named=False)
        # Two lists of numbers in one text would make a bare number ambiguous.
        clash = self.choices and bool(shown.tail)
        if clash or _size("\n\n".join([*self.texts, piece])) > TEXT_LIMIT:
            return False
        self.texts.append(piece)
        self.speaker, self.choices = shown.speaker, self.choices or bool(shown.tail)
        return True

    def text(self) -> str:
        return "\n\n".join(self.texts)


def split(rendered: Rendered, *, web_address: str | None) -> list[str]:
    """At most three texts that each fit, cut between paragraphs; what is left out is said."""
    if not rendered.body and not rendered.tail:
        return []
    text = rendered.whole()
    if _size(text) <= TEXT_LIMIT:
        return [text]
    parts = _fill(text.split("\n"), TEXT_LIMIT)
    if len(parts) <= MAX_PARTS:
        return parts
    body = _fill((rendered.speaker + rendered.body).split("\n"), TEXT_LIMIT)
    # Choices that overflow a message by themselves are not real; their numbers still work.
    tail = _fill(rendered.tail.split("\n"), TEXT_LIMIT - MORE_ROOM)[0] if rendered.tail else ""
    if len(body) < MAX_PARTS:
        return [*body, tail]
    more = sentence("wechat.more_on_web", url=web_address) if web_address else sentence("wechat.more")
    end = "\n".join(part for part in (more, tail) if part)
    last = _fill(body[MAX_PARTS - 1].split("\n"), TEXT_LIMIT - _size(end) - 1)[0]
    return [*body[: MAX_PARTS - 1], f"{last}\n{end}"]


def _fill(lines: list[str], limit: int) -> list[str]:
    """Lines packed into texts of at most `limit` bytes; only a line too long by itself is cut."""
    texts: list[str] = []
    current = ""
    for line in lines:
        for piece in _pieces(line, limit):
            joined = f"{current}\n{piece}" if current else piece
            if _size(joined) <= limit:
                current = joined
            else:
                texts.append(current)
                current = piece
    return [*texts, current] if current else texts


def _pieces(line: str, limit: int) -> list[str]:
    if _size(line) <= limit:
        return [line]
    pieces: list[str] = []
    current = ""
    for clause in _SENTENCE_END.split(line):
        if _size(current + clause) <= limit:
            current += clause
            continue
        if current:
            pieces.append(current)
        current = clause
        while _size(current) > limit:
            # Cutting the bytes and dropping a broken tail never splits a character.
            head = current.encode()[:limit].decode(errors="ignore")
            pieces.append(head)
            current = current[len(head) :]
    return [*pieces, current] if current else pieces


def _size(text: str) -> int:
    return len(text.encode())


def _speaker(author: str, name: str | None) -> str:
    if author == Author.ASSISTANT:
        return sentence("wechat.assistant")
    if author == Author.STAFF:
        return sentence("wechat.staff", who=name) if name else sentence("wechat.staff_unnamed")
    return ""


def _table(table: Table) -> list[str]:
    """A phone shows no columns: the first cell names the line, the others carry their heading."""
    lines: list[str] = []
    rows = [row for row in table.rows if row]
    for first, *rest in rows[:ROWS_SHOWN]:
        if len(rest) == 1:
            lines.append(f"· {first}：{rest[0]}")
            continue
        named = [f"{head} {cell}" for head, cell in zip(table.head[1:], rest, strict=False) if cell]
        lines.append(f"· {first}：{'；'.join(named)}" if named else f"· {first}")
    if len(table.head) == 2 and lines:
        lines.insert(0, f"{table.head[0]}：{table.head[1]}")
    if len(rows) > ROWS_SHOWN:
        lines.append(sentence("wechat.more_rows", count=len(rows) - ROWS_SHOWN))
    return lines


def _basis(sources: list[Source]) -> str:
    named = []
    for source in sources[:SOURCES_SHOWN]:
        title = source.title.strip("《》")
        number = f"（{source.number}）" if source.number else ""
        year = f"，{source.date[:4]}年" if source.date and not source.number else ""
        named.append(f"《{title}》{number}{source.clause or ''}{year}")
    text = "；".join(named)
    if len(sources) > SOURCES_SHOWN:
        text += sentence("wechat.more_sources", count=len(sources))
    return sentence("wechat.basis", sources=text)


def _choices(view: Mapping[str, Any], *, menu_links: bool) -> str:
    buttons = view["content"].get("buttons") or ()
    if not buttons:
        return ""
    numbers = "、".join(str(number) for number in range(1, len(buttons) + 1))
    lines = [sentence("wechat.choose", numbers=numbers)]
    for index, button in enumerate(buttons):
        title = button["title"].replace("\n", " ")
        if menu_links:
            plain = title.translate(_MARKUP)
            title = (
                f'<a href="weixin://bizmsgmenu?msgmenucontent={plain}'
                f'&msgmenuid={view["id"]}-{index}">{plain}</a>'
            )
        lines.append(f"{index + 1}. {title}")
    return "\n".join(lines)
