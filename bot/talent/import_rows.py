"""One row of a filled workbook into a change of a record, or what is wrong with it. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from bot.errors import Refusal
from bot.talent.models import Education, Origin
from bot.talent.places import region_code
from bot.talent.schemas import CardBody, TalentEdit, TierBody
from bot.talent.schemes import schemes
from bot.talent.sealing import check_email, check_id, check_phone
from bot.talent.sheets import EXACT_DIGITS
from bot.talent.workbook import REQUIRED, heading
from bot.texts import sentence

_YES = {"是": True, "否": False}
_BOOLEANS = ("top_school", "fulltime", "expert", "abroad", "serves_grassroots")
_DAYS = ("graduated_on", "arrived_on", "tier_from", "card_from", "card_to")
_LISTS = ("fields", "honours", "departments")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "id_kind": ("身份证", "护照"),
    "gender": ("男", "女"),
    "education": tuple(Education),
    "origin": tuple(Origin),
    "postdoc": ("在站", "出站"),
}
_NUMBERS = ("id_number", "phone")
_LONGEST_CELL = 500


@dataclass(frozen=True, slots=True)
class Fault:
    row: int
    column: str  # as headed
    problem: str


@dataclass(frozen=True, slots=True)
class Known:
    """What names in the sheet may stand for."""

    employers: Mapping[str, str]
    departments: Mapping[str, str]  # keys and names → key


@dataclass(slots=True)
class Row:
    number: int
    given: dict[str, Any] = field(default_factory=dict)  # fields of TalentEdit that were filled in
    tier: TierBody | None = None
    card: CardBody | None = None
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, code: str, **values: object) -> None:
        self.faults.append(Fault(self.number, heading(column), sentence(f"talents.row_{code}", **values)))

    def edit(self, before: TalentEdit | None = None) -> TalentEdit:
        """What is blank stays as it was."""
        kept = before.model_dump() if before else {}
        return TalentEdit.model_validate(kept | self.given)


def check_row(number: int, cells: Mapping[str, Any], known: Known) -> Row:
    """Everything wrong with the row at once."""
    row = Row(number)
    texts: dict[str, Any] = {}
    for column, cell in cells.items():
        value = _plain(row, column, cell)
        if value is not None:
            texts[column] = value
    seen = {fault.column for fault in row.faults}
    for column in REQUIRED:
        if column not in texts and heading(column) not in seen:
            row.fault(column, "empty")
    _take(row, texts, known)
    _take_tier(row, texts)
    _take_card(row, texts)
    if not row.faults:
        _check_whole(row)
    return row


def duplicates(rows: Iterable[Row], key: str) -> None:
    """Faults for rows of one file that are the same person, or have the same card."""
    first: dict[str, int] = {}
    for row in rows:
        held = row.card.number if row.card else None
        value = row.given.get("id_number") if key == "id_number" else held
        if value is None:
            continue
        if value in first:
            row.fault(key, "duplicate" if key == "id_number" else "card_twice", row=first[value])
        first.setdefault(str(value), row.number)


def _plain(row: Row, column: str, cell: Any) -> Any:
    """The cell as text or a day; None when blank or wrong."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, datetime | date):
        if column in _DAYS:
            return cell.date() if isinstance(cell, datetime) else cell
        return cell.isoformat()[:10]
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            row.fault(column, "value")
            return None
        whole = int(cell) == cell
        if column in _NUMBERS and (not whole or len(str(int(cell))) > EXACT_DIGITS):
            row.fault(column, "number_cell")
            return None
        return str(int(cell)) if whole else str(cell)
    text = str(cell).strip()
    if text.startswith("=") or text.startswith("#"):
        row.fault(column, "formula")
        return None
    if len(text) > _LONGEST_CELL:
        row.fault(column, "too_long", most=_LONGEST_CELL)
        return None
    return text


def _take(row: Row, texts: Mapping[str, Any], known: Known) -> None:
    for column, text in texts.items():
        if column in _CHOICES:
            if text not in _CHOICES[column]:
                row.fault(column, "choice", choices="、".join(_CHOICES[column]))
            else:
                row.given[column] = text
        elif column in _BOOLEANS:
            if text not in _YES:
                row.fault(column, "yes")
            else:
                row.given[column] = _YES[text]
        elif column in ("graduated_on", "arrived_on"):
            _day(row, column, text)
        elif column == "birth_year":
            if text.isdigit() and len(text) == 4:
                row.given[column] = int(text)
            else:
                row.fault(column, "year")
        elif column in _LISTS:
            _list(row, column, text, known)
        elif column == "region":
            code = region_code(text)
            if code is None:
                row.fault(column, "region")
            else:
                row.given[column] = code
        elif column == "employer":
            if text in known.employers:
                row.given["employer_id"] = known.employers[text]
            else:
                row.fault(column, "employer")
        elif column in ("name", "nationality", "school", "title", "position", "industry"):
            row.given[column] = text
    _take_numbers(row, texts)


def _take_numbers(row: Row, texts: Mapping[str, Any]) -> None:
    kind = row.given.get("id_kind", "身份证")
    checks = {
        "id_number": lambda text: check_id(kind, text),
        "phone": check_phone,
        "email": check_email,
    }
    for column, check in checks.items():
        if column in texts:
            try:
                row.given[column] = check(texts[column])
            except Refusal as refusal:
                row.faults.append(Fault(row.number, heading(column), refusal.message))


def _day(row: Row, column: str, value: Any) -> date | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value.replace("/", "-"))
    except ValueError:
        row.fault(column, "day")
        return None
    if column in ("graduated_on", "arrived_on"):
        row.given[column] = day
    return day


def _list(row: Row, column: str, text: str, known: Known) -> None:
    parts = [part.strip() for part in text.replace("，", "、").replace(",", "、").split("、")]
    parts = list(dict.fromkeys(part for part in parts if part))
    if column == "departments":
        for part in parts:
            if part not in known.departments:
                row.fault(column, "department", name=part[:30])
        parts = [known.departments[part] for part in parts if part in known.departments]
    row.given[column] = parts


def _take_tier(row: Row, texts: Mapping[str, Any]) -> None:
    given = [texts.get(name, "") for name in ("scheme", "tier", "tier_from")]
    if not any(given):
        return
    if not all(given):
        row.fault("scheme", "tier_parts")
        return
    by_name = {scheme.name: scheme for scheme in schemes().values()}
    scheme = schemes().get(given[0]) or by_name.get(given[0])
    day = _day(row, "tier_from", given[2])
    if scheme is None:
        row.fault("scheme", "scheme")
    elif given[1] not in scheme.tiers:
        row.fault("tier", "tier", choices="、".join(scheme.tiers))
    elif day is not None:
        row.tier = TierBody(scheme=scheme.key, tier=given[1], valid_from=day)


def _take_card(row: Row, texts: Mapping[str, Any]) -> None:
    number = texts.get("card")
    if not number:
        if texts.get("card_from") or texts.get("card_to"):
            row.fault("card", "card")
        return
    if not texts.get("card_from"):
        row.fault("card_from", "card_from")
        return
    start = _day(row, "card_from", texts["card_from"])
    end = _day(row, "card_to", texts["card_to"]) if texts.get("card_to") else None
    if start and end and end < start:
        row.fault("card_to", "term")
    elif start:
        try:
            row.card = CardBody(number=number, valid_from=start, valid_to=end)
        except ValidationError:
            row.fault("card", "value")


def _check_whole(row: Row) -> None:
    """Bounds of length and number, told by column."""
    try:
        row.edit()
    except ValidationError as error:
        for one in error.errors():
            place = str(one["loc"][0])
            limit = (one.get("ctx") or {}).get("max_length")
            if limit:
                row.fault(place, "too_long", most=limit)
            else:
                row.fault(place, "value")
