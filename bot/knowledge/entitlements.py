"""The entitlements of data/entitlements, and the questions that decide on them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.knowledge.profile import Honour, Profile
from bot.knowledge.schemas import Faq
from bot.settings import PROJECT
from bot.text.lexicon import NATION

FOLDER = PROJECT / "data" / "entitlements"
PLACE = "place"
UNSURE = "unsure"
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Needs(Strict):
    """Everything named must hold."""

    degree: list[str] = Field(default_factory=list)
    tier: list[str] = Field(default_factory=list)
    honour: list[str] = Field(default_factory=list)
    postdoc: list[str] = Field(default_factory=list)
    job: list[str] = Field(default_factory=list)
    top: bool | None = None
    card: bool | None = None
    foreign: bool | None = None
    fulltime: bool | None = None
    graduate: bool | None = None
    employer: bool | None = None
    age_max: int | None = None
    arrived_within: int | None = None  # years


class Entitlement(Strict):
    """One figure or right of one FAQ."""

    key: str
    faq: str
    title: str
    region: str
    place: str
    year: str
    confidence: Literal["高", "中", "低"]
    codes: list[str] = Field(min_length=1)  # rows of the fact sheet
    rank: int
    line: str
    needs: Needs
    limit: str | None = None  # told while it is open, and where it excludes the person
    unless: list[str] = Field(default_factory=list)  # of no use to whom has this already
    group: str | None = None  # of one group only the nearest place's is shown
    subject: str | None = None  # what its amount can be compared with
    side: str | None = None
    amount: str | None = None
    # What only a record can tell, see bot/talent/entitled_record.py:
    scheme: str | None = None  # version of the scheme whose tiers `needs.tier` (or `unless`) means
    in_term: bool = False  # an honour counts only within its 管理期
    without_application: bool = False  # found by comparing data, nobody applies

    @model_validator(mode="after")
    def _names_its_scheme(self) -> Self:
        if self.needs.tier and self.scheme is None:
            raise ValueError(f"{self.key}: a tier means nothing without the scheme it belongs to")
        return self


class Choice(Strict):
    value: str
    title: str
    words: list[str] = Field(default_factory=list)  # other ways people say it


class Question(Strict):
    key: str
    ask: str
    within: str = NATION  # asked only of people there
    options: list[Choice]


class EqualTiers(Strict):
    within: str
    tiers: dict[str, str]


@dataclass(frozen=True)
class Catalogue:
    rows: tuple[Entitlement, ...]
    honours: tuple[Honour, ...]
    questions: tuple[Question, ...]
    equal_tiers: EqualTiers


def load_catalogue(folder: Path) -> Catalogue:
    rows: list[Entitlement] = []
    traits: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        rows += [Entitlement.model_validate(row) for row in data.pop("entitlements", [])]
        traits |= data
    return Catalogue(
        rows=tuple(rows),
        honours=tuple(
            Honour(one["value"], tuple(one.get("also", ())), tuple(one["patterns"]))
            for one in traits["honours"]
        ),
        questions=tuple(Question.model_validate(one) for one in traits["questions"]),
        equal_tiers=EqualTiers.model_validate(traits["equal_tiers"]),
    )


@cache
def shipped_catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


def answered(catalogue: Catalogue, profile: Profile, *, key: str, value: str) -> Profile:
    """The profile with the answer of one question; one that was never offered changes nothing."""
    asked = [*profile.asked, key] if key not in profile.asked else profile.asked
    known = profile.model_copy(update={"asked": asked})
    question = next((one for one in catalogue.questions if one.key == key), None)
    if question is None or value not in [option.value for option in question.options] or value == UNSURE:
        return known
    parsed: dict[str, Any] = {
        "arrived": int(value) if value.isdigit() else None,
        "card": value == "yes",
        "fulltime": value == "yes",
    }
    return known.model_copy(update={key: parsed.get(key, value)})


def option_said(catalogue: Catalogue, *, key: str, text: str) -> str | None:
    """The option a typed answer means: its title, or one of its words."""
    question = next((one for one in catalogue.questions if one.key == key), None)
    said = text.strip(" 。.!！~,，的了呢啊吧")
    for option in question.options if question else ():
        if said and said in (
            option.title,
            option.value,
            *option.words,
            *(w.rstrip("的") for w in option.words),
        ):
            return option.value
    return None


def still_says(faq: Faq, row: Entitlement) -> bool:
    """Staff may have changed the answer since the row was written: no old figure is told."""
    table = faq.answer.table
    cells = [cell for line in [table.head, *table.rows] for cell in line] if table else []
    said = [faq.question, faq.year, *faq.answer.paragraphs, *faq.answer.items, *cells]
    figures = set(_DIGITS.findall("\n".join(said)))
    return set(_DIGITS.findall(f"{row.line} {row.amount or ''}")) <= figures
