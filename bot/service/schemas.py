"""Service items (事项) as the content files write them, checked when they are loaded."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bot.conversation.content import Source, Strict
from bot.service.conditions import Condition
from bot.texts import sentence


class Verdict(StrEnum):
    """Never a decision of the authority, only a comparison with the published conditions."""

    MEETS = "符合"
    MAY_MEET = "可能符合"
    DOES_NOT_MEET = "不符合"


class Route(StrEnum):
    """How the item is granted."""

    DIRECT = "direct"  # 直接颁发
    REVIEW = "review"  # 审核颁发
    ASSESS = "assess"  # 评审颁发


class FieldKind(StrEnum):
    NAME = "name"
    ID_NUMBER = "id_number"
    PASSPORT = "passport"
    PHONE = "phone"
    EMAIL = "email"
    EMPLOYER = "employer"
    SCHOOL = "school"  # of a child
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    CHOICE = "choice"
    REGION = "region"  # a choice among places
    TEXT = "text"
    YEAR = "year"


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Passage = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Unset = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
DepartmentKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=48)]

PERSONAL_FIELDS = frozenset(
    {
        FieldKind.NAME,
        FieldKind.ID_NUMBER,
        FieldKind.PASSPORT,
        FieldKind.PHONE,
        FieldKind.EMAIL,
        FieldKind.EMPLOYER,
        FieldKind.SCHOOL,
        FieldKind.ADDRESS,
        FieldKind.BIRTH_DATE,
    }
)
RESERVED_KEYS = frozenset({"notice", "result", "summary", "edit", "cancel", "done"})


class InconsistentItem(ValueError):
    """Parts of an item that do not fit together: a path such as `rules.2.when` and a sentence each."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {why}" for path, why in fields.items()))
        self.fields = fields


class Basis(Source):
    title: Line
    number: Line | None = None
    body: Line | None = None
    date: Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-\d\d(-\d\d)?)?$")] | None = None
    clause: Line | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{1,3}[a-z]?$")] | None = (
        None  # row of the fact sheet, not shown
    )


class Material(Strict):
    key: Key
    name: Line
    required: bool = True
    form: Line | None = None  # e.g. 原件扫描件
    note: Passage | None = None
    only_if: Condition = Field(default_factory=dict)  # of the check's answers
    upload: bool = False  # asked for in the chat; else handed in elsewhere, as `form` says


class Level(StrEnum):
    UNIT = "单位"
    COUNTY = "县"
    CITY = "市"
    PROVINCE = "省"


class Outcome(StrEnum):
    """What is issued in the end."""

    CARD = "card"
    TIER = "tier"
    PLACE = "place"  # a school place and the like: words and a date
    BENEFIT = "benefit"


class Approval(Strict):
    """Who looks at an application, in which order, and what comes of it."""

    levels: list[Level] = Field(min_length=1, max_length=4)
    by_route: dict[Route, list[Level]] = Field(default_factory=dict)
    publicity: bool = False  # 公示; how long is the centre's setting unless published here
    publicity_days: int | None = Field(None, ge=1, le=90)  # calendar days, only if a document says so
    publicity_call: bool = False  # a specialist calls the talent when publicity begins
    outcome: Outcome = Outcome.BENEFIT
    scheme: DepartmentKey | None = None  # of a tier

    @model_validator(mode="after")
    def _levels_rise(self) -> Self:
        for path, levels in (
            ("levels", self.levels),
            *((f"by_route.{r}", v) for r, v in self.by_route.items()),
        ):
            if not levels or levels != sorted(set(levels), key=list(Level).index):
                raise InconsistentItem({f"approval.{path}": sentence("items.levels")})
        if self.outcome is Outcome.TIER and not self.scheme:
            raise InconsistentItem({"approval.scheme": sentence("items.scheme")})
        return self


class Option(Strict):
    value: str = Field(pattern=r"^[a-z0-9_-]+$", max_length=60)
    title: Line
    words: list[Word] = Field(default_factory=list, max_length=40)  # other ways people say it


class Question(Strict):
    """One question of the eligibility check; asked before any personal data."""

    key: Key
    label: Line  # short name for summaries and corrections
    ask: Passage
    help: Passage | None = None
    options: list[Option] = Field(min_length=2, max_length=40)
    only_if: Condition = Field(default_factory=dict)


class Rule(Strict):
    """One condition. Every rule whose `when` matches adds its reason; the worst verdict counts."""

    when: Condition
    verdict: Verdict
    because: Passage
    basis: Line | None = None
    route: Route | None = None


class FormField(Strict):
    key: Key
    label: Line
    ask: Passage
    kind: FieldKind
    also: list[FieldKind] = Field(default_factory=list, max_length=3)  # e.g. a passport for an ID number
    help: Passage | None = None
    required: bool = True
    personal: bool = False
    options: list[Option] = Field(default_factory=list, max_length=200)
    only_if: Condition = Field(default_factory=dict)
    pattern: Line | None = None  # of a text field, whole match
    min_length: int = Field(1, ge=1, le=2000)
    max_length: int = Field(200, ge=1, le=2000)
    min_year: int = Field(1950, ge=1900, le=2100)
    max_year: int = Field(2100, ge=1900, le=2100)
    error: Line  # what to do when the answer does not fit, one sentence


class Brief(Strict):
    """What fits on a phone; the full text is one touch away."""

    conditions: Passage | None = None
    materials: Passage | None = None
    steps: Passage | None = None


class ServiceItem(Strict):
    # Several joined by + are one submission; a row has one.
    key: str = Field(pattern=r"^[a-z][a-z0-9+-]*$", max_length=300)
    version: int = Field(1, ge=1)
    active: bool = True
    name: Line
    audience: Line = "人才"
    region: str = Field("000000", pattern=r"^\d{6}$")
    place: Unset = ""
    year: str = Field("", pattern=r"^((19|20)\d\d)?$")
    green: bool = False  # 绿色通道
    category: Word = "其他"  # group of the menu
    phrasings: list[Word] = Field(default_factory=list, max_length=60)  # how people ask for it
    lead_dept: Line
    department: DepartmentKey | None = None  # key of the department it is worked on by
    consults: list[DepartmentKey] = Field(default_factory=list, max_length=10)  # usually asked as well
    office: Passage
    phone: Unset | None = None
    basis: list[Basis] = Field(min_length=1, max_length=20)
    time_limit: Line = "未公布"
    conditions: list[Passage] = Field(min_length=1, max_length=80)
    materials: list[Material] = Field(default_factory=list, max_length=60)
    steps: list[Passage] = Field(min_length=1, max_length=60)
    brief: Brief = Field(default_factory=Brief)
    caution: Passage | None = None
    questions: list[Question] = Field(default_factory=list, max_length=40)
    rules: list[Rule] = Field(default_factory=list, max_length=200)
    fields: list[FormField] = Field(min_length=1, max_length=80)
    approval: Approval
    route: Route | None = None  # when no rule names one

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if problems := _misfits(self):
            raise InconsistentItem(problems)
        return self


def _misfits(item: ServiceItem) -> dict[str, str]:
    """Every part that does not fit the others, all at once."""
    found: dict[str, str] = {}
    choices: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    parts: dict[str, Sequence[Question | FormField]] = {"questions": item.questions, "fields": item.fields}
    for part, steps in parts.items():
        for number, step in enumerate(steps):
            place = f"{part}.{number}"
            if step.key in choices or step.key in RESERVED_KEYS:
                found[f"{place}.key"] = sentence("items.key_twice")
            # Only earlier answers may decide whether something is asked: no circles, no look-ahead.
            found |= _misfits_of(f"{place}.only_if", step.only_if, choices)
            choices[step.key] = {option.value for option in step.options}
            if len(choices[step.key]) != len(step.options):
                found[f"{place}.options"] = sentence("items.option_twice")
            if isinstance(step, FormField):
                found |= _misfits_of_field(place, step)
        if part == "questions":
            asked = dict(choices)
    for number, rule in enumerate(item.rules):
        if not rule.when:
            found[f"rules.{number}.when"] = sentence("items.no_condition")
        found |= _misfits_of(f"rules.{number}.when", rule.when, asked)
    keys: set[str] = set()
    for number, material in enumerate(item.materials):
        if material.key in keys:
            found[f"materials.{number}.key"] = sentence("items.key_twice")
        keys.add(material.key)
        found |= _misfits_of(f"materials.{number}.only_if", material.only_if, asked)
    return found


def _misfits_of(place: str, condition: Condition, known: dict[str, set[str]]) -> dict[str, str]:
    for key, values in condition.items():
        if key not in known:
            return {place: sentence("items.not_asked_before", key=key)}
        unknown = sorted(set(values) - known[key])
        if not values or unknown:
            return {place: sentence("items.no_such_option", key=key, values="、".join(unknown))}
    return {}


def _misfits_of_field(place: str, field: FormField) -> dict[str, str]:
    found: dict[str, str] = {}
    chooses = field.kind in (FieldKind.CHOICE, FieldKind.REGION)
    if chooses != bool(field.options):
        found[f"{place}.options"] = sentence("items.options_missing" if chooses else "items.options_unfit")
    if field.personal != (field.kind in PERSONAL_FIELDS):
        found[f"{place}.personal"] = sentence(
            "items.personal" if not field.personal else "items.not_personal"
        )
    if field.also and not ({field.kind, *field.also} <= PERSONAL_FIELDS):
        found[f"{place}.also"] = sentence("items.also")
    if field.min_length > field.max_length:
        found[f"{place}.max_length"] = sentence("items.upside_down")
    if field.min_year > field.max_year:
        found[f"{place}.max_year"] = sentence("items.upside_down")
    if field.pattern is not None:
        try:
            re.compile(field.pattern)
        except re.error:
            found[f"{place}.pattern"] = sentence("items.pattern")
    return found
