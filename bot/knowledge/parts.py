"""Several questions in one message, taken apart. Pure.

Nothing said is lost: background, greetings and thanks stay with the question they belong to.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.knowledge.analysis import Analyser
from bot.knowledge.enumerated import enumerated
from bot.text.lexicon import Mention
from bot.text.normalise import normalise, strip_fillers

_LINES = re.compile(r"\s*[\r\n]+\s*")
# People type a blank for a comma; split characters (惠 才 卡) and keywords are no clauses.
_BLANK = re.compile(r"(?<=[\u4e00-\u9fff]{4})[ \u3000]+(?=[\u4e00-\u9fff]{3})")
_BLANK_NUMBER = re.compile(r"[ \u3000]+(?=[((]?[\d一二三四五六][)).、.])")
_NUMBER = re.compile(
    r"[(](?:\d|[一二三四五六])[)]|(?<![\d.])\d[.、)](?!\d)|(?:^|(?<=[;,。?!:]))[一二三四五六]、|[①②③④⑤⑥]|第[一二三四五六][,:、](?!层|类|批)"
)
_STOPS = re.compile(r"(?<=[?!。;…~])")
_COMMA = re.compile(r"(?<=,)")
_ASKS = re.compile(
    r"什么|啥|怎|咋|如何|多少|几(?!乎|内)|哪|谁|何时|何处|为何|[吗嘛]|么(?=[?。!,;~…]|$)|多久|多长|多大|多高|多快|是否|能否|可否"
    r"|(?:能|可以|会|给|算)[^,。;?!]{1,6}不(?=[?。!,;~…]|$)|(能|可|会|要|有|是|行|好|算|够|该|需|用|让|给|管|发|补|享|得|收)[不没](?:可以|需要)?\1|可不可以|要不|\?|呢(?=[?。!,;~…]|$)"
)
_JOINT = re.compile(
    r"另外(?:还有|再)?|还有(?:就是)?(?!没有|没|哪|什么|啥|多|几|其他)|顺便(?:再)?(?:问一下|问下|问)?|以及|对了|此外|再就是|其次"
)
_JOINT_AHEAD = re.compile(rf"^(?:{_JOINT.pattern}|再(?:请)?问(?:一下|下)?|然后|最后|[和跟与及](?!谐))[,、]?")
_AND = re.compile(r"[和跟与及、]")
# One question about two things: what lies between them is what is asked.
_TOGETHER = re.compile(
    r"同时|一起|区别|关系|一样|相同|不同|差别|兼|叠加|冲突|还是|哪个|哪种|谁更|比|对比|衔接|都|分别|重复"
)
# 「有补贴吗孩子能上学吗」: these end a question even where nobody typed a mark.
_ENDS = re.compile(
    r"(?:吗|(?:是)?多少钱|怎么办|咋办|几年|几天|多久|多少|啥时候)(?![的能可才以之内后前就都也算呢啊呀?,。!;左]|下来|办|到账|一)"
)
# Asked about what was just asked, not a question of its own.
_TAG = re.compile(
    r"^(?:那)?(?:我)?(?:(?:能不能|麻烦|请)?.{0,4}(?:[讲说]清楚|[讲说]一[讲说]|详细|告诉).{0,3}|怎么办|咋办|咋整|怎么弄|怎么说|行吗|行不行|可以吗|可以不|对吗|对不对|是吗|是不是|是不是呢|好吗|好不好|有吗|能吗"
    r"|能不能|可不可以|成不成|中不中|呢|有没有|真的吗|真的假的|算吗|算不算|够吗|够不够|知道吗|需要吗|要不要)[啊呀呢了]*[?。!~…,]*$"
)
_OR = re.compile(r"^(?:还是|或者|或是|要么)")
_OPENS = re.compile(
    r"^(?:你好|您好|在吗|在不在|有人吗|有人在吗|请问|麻烦|能不能帮|可以帮|能帮|帮我|我想问|想问|我想咨询|咨询|请教|能问|可以问|问一下|问下"
    r"|打听|有(?:个|几个|两个|点)?(?:问题|事|事情)|我有(?:个|几个|两个|点)?(?:问题|事)|(?:能|可以)?回答|知道吗|谢谢|感谢|辛苦|打扰|不好意思)"
)
_COURTESY_AHEAD = re.compile(
    r"^(?:(?:好的?|嗯+|哦+|谢谢(?:你|您|啦|了)?|多谢|感谢|明白|知道|了解|清楚|收到|行|可以|对)"
    r"[啊呀哈了吧]*[,。!~… ]+)+"
)
_WISHES = re.compile(r"(?:想|要|打算|准备|需要)(?:要|去|来)?(?:办|申请|申领|申报|了解|咨询|问|知道|报名)")
_POLITE = re.compile(r"^(?:谢谢|感谢|多谢|辛苦|麻烦|拜托|好的|急|在线等|盼复|求解答|求回复|打扰)")
_SUBJECTS = ("programme", "item")


@dataclass(frozen=True)
class _Piece:
    """A clause, or the clauses that make one question."""

    text: str
    asks: bool
    alone: bool = False  # begins with a joint or a number: not background of another


def split(text: str, *, analyser: Analyser) -> tuple[str, ...]:
    """The person's own words, one string per question; one string if there is one question."""
    pieces: list[_Piece] = []
    segments = _numbered(_prepared(text))
    for number, segment in enumerate(segments):
        listed = enumerated(segment, analyser=analyser)
        if listed:
            pieces += [_Piece(one, bool(_ASKS.search(one)), True) for one in listed]
            continue
        clauses = [piece for one in _clauses(segment) for piece in _inner(one, analyser)]
        if len(segments) > 1 and clauses:
            clauses[0] = replace(clauses[0], alone=number > 0)
            if not any(piece.asks for piece in clauses) and _own(clauses[-1].text, analyser):
                clauses[-1] = replace(clauses[-1], asks=True)
        pieces += clauses
    return tuple(piece.text for piece in _grouped(pieces, analyser)) or (text,)


def tidy(part: str) -> str:
    """A part as a title: without greeting, joint, number and closing marks."""
    text = _JOINT_AHEAD.sub("", _NUMBER.sub("", strip_fillers(normalise(part)), count=1).lstrip(",、 "))
    return strip_fillers(text).strip(",。;、!?~… ") or part


def without_courtesy(text: str) -> str:
    """「谢谢，那丢了怎么办」 as it would be asked without thanks."""
    return _COURTESY_AHEAD.sub("", normalise(text)) or text


def asks(text: str) -> bool:
    """Whether a message holds the words of a question."""
    return bool(_ASKS.search(text))


def _prepared(text: str) -> str:
    lines = _BLANK_NUMBER.sub(";", _LINES.sub(";", text.strip()))
    return normalise(_BLANK.sub(",", lines))


def _numbered(text: str) -> list[str]:
    """「1. … 2. …」; a single number is none of a row."""
    marks = list(_NUMBER.finditer(text))
    if len(marks) < 2:
        return [text]
    edges = [0, *(mark.start() for mark in marks), len(text)]
    # What stands before the first number introduces it.
    edges.pop(1)
    return [text[a:b] for a, b in pairwise(edges) if text[a:b].strip()]


def cut(text: str) -> list[str]:
    return [clause for sentence in _STOPS.split(text) for clause in _COMMA.split(sentence) if clause]


def _clauses(segment: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    for clause in cut(segment):
        opening = _OPENS.match(clause) and len(clause) <= 12 and not _mentions_question(clause)
        asks_now = bool(_ASKS.search(clause)) and not opening
        pieces.append(_Piece(clause, asks_now, bool(_JOINT_AHEAD.match(clause))))
    return pieces


def _mentions_question(clause: str) -> bool:
    """「请问怎么补办」 opens politely and asks as well."""
    return bool(_ASKS.search(_OPENS.sub("", strip_fillers(clause)).rstrip("吗嘛?,。!")))


def _inner(piece: _Piece, analyser: Analyser) -> list[_Piece]:
    """Questions run together without a mark."""
    text = piece.text
    for joint in _JOINT.finditer(text):
        left, right = text[: joint.start()], text[joint.start() :]
        if left and _weighs(left, analyser) and _weighs(right[len(joint[0]) :], analyser):
            first = _inner(replace(piece, text=left), analyser)
            return [*first, *_inner(_Piece(right, True, True), analyser)]
    if _TOGETHER.search(text):
        return [piece]
    for joint in _AND.finditer(text):
        left, right = text[: joint.start()], text[joint.end() :]
        if (_ASKS.search(left) and _ASKS.search(right)) or _two_aspects(left, right, analyser):
            return [replace(piece, text=left, asks=True), _Piece(text[joint.start() :], True, True)]
    for end in _ENDS.finditer(text):
        left, right = text[: end.end()], text[end.end() :]
        if len(right) >= 4 and _ASKS.search(right) and _own(right, analyser) and not _TAG.match(right):
            return [replace(piece, text=left, asks=True), *_inner(_Piece(right, True, True), analyser)]
    return [piece]


def _weighs(text: str, analyser: Analyser) -> bool:
    return bool(_ASKS.search(text)) or any(m.label == "aspect" for m in mentions(text, analyser))


def _two_aspects(left: str, right: str, analyser: Analyser) -> bool:
    """「有效期和补办流程」: what comes right before and after the joint are two different aspects."""
    before, after = mentions(left, analyser), mentions(right, analyser)
    if not before or not after or after[0].start > 2:
        return False
    last, first = before[-1], after[0]
    subject = any(m.label in _SUBJECTS for m in before)
    ends_there = last.end == len(left) and last.label == first.label == "aspect"
    return subject and ends_there and last.value != first.value


def _own(text: str, analyser: Analyser) -> bool:
    return any(m.label in ("aspect", *_SUBJECTS) for m in mentions(text, analyser))


def _grouped(pieces: Sequence[_Piece], analyser: Analyser) -> list[_Piece]:
    groups: list[_Piece] = []
    waiting = ""  # background of the question to come
    for piece in pieces:
        if piece.asks and _wished(waiting, piece, analyser):
            groups.append(_Piece(waiting, True))
            waiting = ""
        last = groups[-1] if groups and not waiting else None
        if piece.asks and last and last.asks and not piece.alone and _continues(last, piece, analyser):
            groups[-1] = replace(last, text=last.text + piece.text)
        elif piece.asks:
            groups.append(replace(piece, text=waiting + piece.text))
            waiting = ""
        elif last and _closing(last, piece, analyser):
            groups[-1] = replace(last, text=last.text + piece.text)
        elif last and _keywords(last, piece, analyser):
            groups.append(replace(piece, asks=True))
        else:
            waiting += piece.text
    if waiting and groups:
        groups[-1] = replace(groups[-1], text=groups[-1].text + waiting)
    elif waiting:
        groups.append(_Piece(waiting, False))
    return groups


def _wished(waiting: str, piece: _Piece, analyser: Analyser) -> bool:
    """「我想办惠才卡，孩子上学怎么弄」: a wish with a subject of its own asks as well."""
    wished = {m.value for m in mentions(waiting, analyser) if m.label in _SUBJECTS}
    asked = {m.value for m in mentions(piece.text, analyser) if m.label in _SUBJECTS}
    return bool(_WISHES.search(waiting) and wished) and (piece.alone or bool(asked - wished))


def _continues(last: _Piece, piece: _Piece, analyser: Analyser) -> bool:
    if _TAG.match(piece.text) or _OR.match(piece.text):
        return True
    # Two clauses of which one only opens: 「是不是这样，惠才卡…」
    return not _content(last.text, analyser) or not _content(piece.text, analyser)


def _content(text: str, analyser: Analyser) -> bool:
    """Whether something is asked about, beside the asking itself."""
    bare = _ASKS.sub("", strip_fillers(text)).strip(",。;、!?~… 的了我你您")
    return len(bare) >= 2 or bool(mentions(text, analyser))


def _closing(last: _Piece, piece: _Piece, analyser: Analyser) -> bool:
    """Thanks, or a subject named late (「怎么申请，惠才卡」)."""
    bare = piece.text.strip(",。;、!?~… ")
    if _POLITE.match(bare):
        return not _own(piece.text, analyser)
    named = {m.label for m in mentions(last.text, analyser)} & set(_SUBJECTS)
    only = mentions(bare, analyser)
    names = any(m.label in _SUBJECTS for m in only)
    return not named and names and sum(len(m.text) for m in only) >= len(bare) - 1


def _keywords(last: _Piece, piece: _Piece, analyser: Analyser) -> bool:
    """「…，另外孩子上学」: a new subject in a word or two, not a clause about oneself."""
    own = {m.value for m in mentions(piece.text, analyser) if m.label in ("aspect", *_SUBJECTS)}
    known = {m.value for m in mentions(last.text, analyser)}
    if not own - known:
        return False
    if piece.alone:
        return True
    bare = piece.text.strip(",。;、!?~… ")
    return last.asks and len(bare) <= 8 and not re.search(r"[我有是在已没不想要了]", bare)


def mentions(text: str, analyser: Analyser) -> list[Mention]:
    return analyser.lexicon.find(analyser.lexicon.canonical(text))
