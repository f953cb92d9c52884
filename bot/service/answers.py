"""Reading one answer: is this text, or this pressed option, an answer to this question? Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.service.schemas import FieldKind, FormField, Option, Question
from bot.service.texts import Texts
from bot.text import personal

TOKEN_OF = {
    FieldKind.NAME: personal.NAME,
    FieldKind.ID_NUMBER: personal.ID_NUMBER,
    FieldKind.PASSPORT: personal.PASSPORT,
    FieldKind.PHONE: personal.MOBILE,
    FieldKind.EMAIL: personal.EMAIL,
    FieldKind.EMPLOYER: personal.EMPLOYER,
    FieldKind.SCHOOL: personal.SCHOOL,
    FieldKind.ADDRESS: personal.ADDRESS,
    FieldKind.BIRTH_DATE: personal.BIRTH_DATE,
}
SKIPPED = ""
# What belongs into a free text, as a token.
_TOLD = frozenset((personal.NAME, personal.EMPLOYER, personal.SCHOOL, personal.ADDRESS, personal.BIRTH_DATE))
_ASKS = re.compile(
    r"[?？]|吗|呢|啥|咋|怎么|怎样|什么|哪|如何|多少|多久|多长|几[年天个岁项层次]|能不能|可不可以|是否|是不是|有没有|谁|为何|想问|请问|咨询|了解一下|告诉我|帮我查"
)
_LEAD = re.compile(r"^(?:嗯+|哦|好|那|我们?|应该|大概|可能|就|属于|算|是|选|在)+")
_TAIL = re.compile(r"(?:的|吧|了|啊|呀|哦|哈|呢|这个|这种|这类)+$")
# More words than this around an option's name, and the sentence says something else.
_REST_LENGTH = 8
_CLAUSE_END = re.compile(r"[,，。;；!！ ]")
_UNSURE = ("不知道", "不清楚", "不确定", "拿不准", "说不好", "不晓得", "搞不清")
_IS_UNSURE = re.compile(rf"^(?:我|也|还|真|这个|确实)*(?:{'|'.join(_UNSURE)})")
_DENIES = re.compile(r"不|没|非|别|无")
# 「能改手机号吗」 asks for a correction, 「为什么要改手机号」 asks a question.
_ASKS_WHY = re.compile(r"怎|什么|啥|咋|哪|多少|多久|为何|提交后|以后")
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Answer:
    """`value` is None when the text is no answer; `why` then says what would be one."""

    value: str | None = None
    why: str | None = None


def plain(text: str) -> str:
    """For comparing short texts: one width, no case, no spaces, no punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c for c in folded if unicodedata.category(c)[0] in "LN")
    # 「第5类」 is 「第五类」.
    return re.sub(r"第([1-9]|10)(?!\d)", lambda m: f"第{_NUMBERS[int(m[1]) - 1]}", kept)


def asks_something(text: str) -> bool:
    return bool(_ASKS.search(text))


def is_unsure(text: str) -> bool:
    return bool(_IS_UNSURE.match(plain(text)))


def asks_why(text: str) -> bool:
    return bool(_ASKS_WHY.search(text))


def read_option(options: Sequence[Option], text: str, option: str | None) -> str | None:
    """The chosen option: pressed, or said by title, word or number."""
    if option is not None:
        return option if option in {o.value for o in options} else None
    said = plain(text)
    if not said:
        return None
    spoken = {said, _TAIL.sub("", _LEAD.sub("", said)) or said}
    for choice in options:
        if spoken & _names(choice):
            return choice.value
    for number, choice in enumerate(options, start=1):
        if spoken & _places(number):
            return choice.value
    first = _CLAUSE_END.split(text.strip(), maxsplit=1)[0]
    if first != text.strip() and not asks_something(text):  # 「有的，在济南」
        opened = {plain(first), _TAIL.sub("", plain(first))}
        by_first = [choice.value for choice in options if opened & _names(choice)]
        if len(by_first) == 1 and not _DENIES.search(plain(text[len(first) :])):
            return by_first[0]
    if is_unsure(said):
        return next((o.value for o in options if _names(o) & set(_UNSURE)), None)
    if asks_something(text):
        return None
    return _mentioned(options, said)


def _names(choice: Option) -> set[str]:
    return {plain(name) for name in (choice.title, *choice.words)}


def _places(number: int) -> set[str]:
    """How people name the second of several: 2, b, 第二, 第二个 …"""
    spelt = _NUMBERS[number - 1] if number <= len(_NUMBERS) else str(number)
    return {str(number), chr(ord("a") + number - 1), *(f"第{spelt}{unit}" for unit in ("", *"个项种条"))}


def _mentioned(options: Sequence[Option], said: str) -> str | None:
    """The one option named inside a sentence. A sentence that denies names nothing safely."""
    hits: dict[str, set[str]] = {}
    for choice in options:
        found = {name for name in _names(choice) if len(name) >= 2 and name in said}
        if found:
            hits[choice.value] = found
    # 「非全职」 contains 「全职」: the longer name wins when it covers the shorter one.
    kept = {
        value: names
        for value, names in hits.items()
        if not all(
            any(name in other and name != other for v, o in hits.items() if v != value for other in o)
            for name in names
        )
    }
    if len(kept) != 1:
        return None
    value, names = next(iter(kept.items()))
    rest = said
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return None if _DENIES.search(rest) or len(rest) > _REST_LENGTH else value


def read_field(field: FormField, text: str, option: str | None, *, texts: Texts) -> Answer:
    said = text.strip()
    if not field.required and (option == "skip" or plain(said) in {"跳过", "没有", "无", "不填"}):
        return Answer(SKIPPED)
    if field.options:
        value = read_option(field.options, text, option)
        return Answer(value) if value else Answer(why=field.error)
    if option is not None:
        return Answer(why=field.error)
    if field.personal:
        return _read_token(field, said, texts=texts)
    if field.kind is FieldKind.YEAR:
        return _read_year(field, said)
    if asks_something(said) or not field.min_length <= len(said) <= field.max_length:
        return Answer(why=field.error)
    # Numbers have fields of their own; here they would only spread.
    if any(match.group(1) not in _TOLD for match in personal.TOKEN.finditer(said)):
        return Answer(why=texts.say("token_not_here", label=field.label))
    if field.pattern and not re.fullmatch(field.pattern, said):
        return Answer(why=field.error)
    return Answer(said)


def read_question(question: Question, text: str, option: str | None, *, texts: Texts) -> Answer:
    value = read_option(question.options, text, option)
    return Answer(value) if value else Answer(why=texts.say("choose_one", label=question.label))


def _read_token(field: FormField, said: str, *, texts: Texts) -> Answer:
    wanted = {TOKEN_OF[kind] for kind in (field.kind, *field.also)}
    found = {match.group(): match.group(1) for match in personal.TOKEN.finditer(said)}
    right = [token for token, kind in found.items() if kind in wanted]
    if asks_something(personal.TOKEN.sub("", said)):
        return Answer(why=field.error)
    if len(right) == 1:
        return Answer(right[0])
    if right:
        return Answer(why=texts.say("only_one", label=field.label))
    if found:
        kind = next(iter(found.values()))
        # An ID number with one wrong figure may happen to be a bank card's.
        card = kind == personal.BANK_CARD and personal.ID_NUMBER in wanted
        if kind == personal.LONG_NUMBER or card:
            return Answer(why=texts.say("mistyped_number", label=field.label))
        return Answer(why=texts.say("wrong_kind", label=field.label, found=kind))
    return Answer(why=field.error)


def _read_year(field: FormField, said: str) -> Answer:
    found = re.fullmatch(
        r"(?:是|在)?\s*((?:19|20)\d\d)\s*年?(?:毕业|取得|入选|来的?)?[。.]?",
        unicodedata.normalize("NFKC", said),
    )
    if not found or not field.min_year <= int(found.group(1)) <= field.max_year:
        return Answer(why=field.error)
    return Answer(found.group(1))


def still_fits(step: Question | FormField, value: str) -> bool:
    """Whether a stored value is an answer of the step as it is now."""
    if step.options:
        allowed = {option.value for option in step.options}
        return value in allowed or (value == SKIPPED and isinstance(step, FormField) and not step.required)
    if not isinstance(step, FormField):
        return False
    if value == SKIPPED:
        return not step.required
    if not step.personal:
        return len(value) <= step.max_length
    token = personal.TOKEN.fullmatch(value)
    return token is not None and token.group(1) in {TOKEN_OF[kind] for kind in (step.kind, *step.also)}
