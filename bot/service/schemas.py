"""Service items (事项) as the content files write them, checked when they are loaded."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from bot.conversation.content import Source, Strict


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


# Key of a question or choice field → option values, one of which must have been given.
Condition = dict[str, list[str]]

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
RESERVED_KEYS = frozenset({"notice", "result", "summary", "edit", "done"})


class Basis(Source):
    code: str | None = None  # row of the fact sheet, not shown


class Material(Strict):
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    required: bool = True
    form: str | None = None  # e.g. 原件扫描件
    note: str | None = None
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

    levels: list[Level] = Field(min_length=1)
    by_route: dict[Route, list[Level]] = Field(default_factory=dict)
    publicity: bool = False  # 公示; how long is the centre's setting unless published here
    publicity_days: int | None = None  # calendar days, only if a document says so
    publicity_call: bool = False  # a specialist calls the talent when publicity begins
    outcome: Outcome = Outcome.BENEFIT
    scheme: str | None = None  # of a tier


class Option(Strict):
    value: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str
    words: list[str] = Field(default_factory=list)  # other ways people say it


class Question(Strict):
    """One question of the eligibility check; asked before any personal data."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str  # short name for summaries and corrections
    ask: str
    help: str | None = None
    options: list[Option] = Field(min_length=2)
    only_if: Condition = Field(default_factory=dict)


class Rule(Strict):
    """One condition. Every rule whose `when` matches adds its reason; the worst verdict counts."""

    when: Condition
    verdict: Verdict
    because: str
    basis: str | None = None
    route: Route | None = None


class FormField(Strict):
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    ask: str
    kind: FieldKind
    also: list[FieldKind] = Field(default_factory=list)  # e.g. a passport for an ID number
    help: str | None = None
    required: bool = True
    personal: bool = False
    options: list[Option] = Field(default_factory=list)
    only_if: Condition = Field(default_factory=dict)
    pattern: str | None = None  # of a text field, whole match
    min_length: int = 1
    max_length: int = 200
    min_year: int = 1950
    max_year: int = 2100
    error: str  # what to do when the answer does not fit, one sentence

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        chooses = self.kind in (FieldKind.CHOICE, FieldKind.REGION)
        if chooses != bool(self.options):
            raise ValueError(f"{self.key}: options belong to choice and region fields, and only there")
        if self.personal != (self.kind in PERSONAL_FIELDS):
            raise ValueError(f"{self.key}: personal must be {not self.personal} for {self.kind}")
        if self.also and not ({self.kind, *self.also} <= PERSONAL_FIELDS):
            raise ValueError(f"{self.key}: only personal kinds may be combined")
        return self


class Brief(Strict):
    """What fits on a phone; the full text is one touch away."""

    conditions: str | None = None
    materials: str | None = None
    steps: str | None = None


class ServiceItem(Strict):
    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: int = 1
    active: bool = True
    name: str
    audience: str = "人才"
    region: str = "000000"
    place: str = ""
    year: str = ""
    green: bool = False  # 绿色通道
    category: str = "其他"  # group of the menu
    phrasings: list[str] = Field(default_factory=list)  # how people ask for it
    lead_dept: str
    department: str | None = None  # key of the department it is worked on by
    consults: list[str] = Field(default_factory=list)  # keys of departments usually asked
    office: str
    phone: str | None = None
    basis: list[Basis] = Field(min_length=1)
    time_limit: str = "未公布"
    conditions: list[str] = Field(min_length=1)
    materials: list[Material] = Field(default_factory=list)
    steps: list[str] = Field(min_length=1)
    brief: Brief = Field(default_factory=Brief)
    caution: str | None = None
    questions: list[Question] = Field(default_factory=list)
    rules: list[Rule] = Field(default_factory=list)
    fields: list[FormField] = Field(min_length=1)
    approval: Approval
    route: Route | None = None  # when no rule names one

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        choices: dict[str, set[str]] = {}
        steps: list[Question | FormField] = [*self.questions, *self.fields]
        for step in steps:
            if step.key in choices or step.key in RESERVED_KEYS:
                raise ValueError(f"{step.key}: used twice or reserved")
            # Only earlier answers may decide whether something is asked: no circles, no look-ahead.
            _check_condition(step.key, step.only_if, choices)
            choices[step.key] = {option.value for option in step.options}
            if len(choices[step.key]) != len(step.options):
                raise ValueError(f"{step.key}: an option value is used twice")
        asked = {question.key: choices[question.key] for question in self.questions}
        for number, rule in enumerate(self.rules, start=1):
            if not rule.when:
                raise ValueError(f"rule {number}: needs a condition")
            _check_condition(f"rule {number}", rule.when, asked)
        return self


def _check_condition(place: str, condition: Condition, known: dict[str, set[str]]) -> None:
    for key, values in condition.items():
        if key not in known:
            raise ValueError(f"{place}: {key} is not asked before")
        unknown = set(values) - known[key]
        if not values or unknown:
            raise ValueError(f"{place}: {key} has no option {sorted(unknown)}")


class ServiceFile(Strict):
    """One file under data/service/."""

    items: list[ServiceItem]
