"""Whether a policy document, or one clause of it, is in force on a day. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

_NUMBER = re.compile(r"([\u4e00-\u9fff]{1,20})[〔\[【(](\d{4})[〕\]】)]第?(\d{1,5})号")
_LEADING = re.compile(r"^[和及与、]+")
_NOT_WORDS = re.compile(r"[\W_]+")
_ISSUED_BY = re.compile(r"^[^《》]{2,80}?(?:厅|局|部|委|会|室|府|门|组|中心|院)\s*(?=关于)")
_SPACES = re.compile(r"\s+")
_LABEL_PARTS = re.compile(
    r"第[一二三四五六七八九十百零〇\d]+(?:条(?:之[一二三四五六七八九十]+)?|款|项|章|节|部分|编|目)|[^\W_]+"
)


class Standing(StrEnum):
    """有效性 on one day."""

    IN_FORCE = "in_force"  # 现行有效, stated by the document's register
    NOT_YET = "not_yet"
    UNSTATED = "unstated"  # nothing says it ended, nothing says it is in force
    REPEALED = "repealed"
    REPLACED = "replaced"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        return self in (Standing.REPEALED, Standing.REPLACED, Standing.EXPIRED)


class Ending(StrEnum):
    """How somebody ended it; running out by its own date is not an ending."""

    REPEALED = "repealed"
    REPLACED = "replaced"


@dataclass(frozen=True)
class End:
    """`on` is the first day without force."""

    how: Ending
    on: date
    successor: str | None = None  # 《名称》（文号） of what replaced it
    clause: str | None = None  # None: the whole document


@dataclass(frozen=True)
class Record:
    """What the register says of one document."""

    id: str
    title: str
    number: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None  # inclusive
    in_force: bool = False  # stated as 现行有效
    ends: tuple[End, ...] = ()

    @property
    def name(self) -> str:
        bare = self.title.strip("《》")
        return f"《{bare}》（{self.number}）" if self.number else f"《{bare}》"


def ends_of(record: Record, clause: str | None) -> list[End]:
    """The ends that reach a clause; a citation without a clause rests on the document as a whole."""
    return [end for end in record.ends if end.clause is None or _covers(end.clause, clause)]


def end_on(record: Record, *, today: date, clause: str | None = None) -> End | None:
    """The end that has come by today, the earliest of several."""
    past = [end for end in ends_of(record, clause) if end.on <= today]
    return min(past, key=lambda end: end.on, default=None)


def standing(record: Record, *, today: date, clause: str | None = None) -> Standing:
    end = end_on(record, today=today, clause=clause)
    if end is not None:
        return Standing(end.how.value)
    if record.effective_until is not None and record.effective_until < today:
        return Standing.EXPIRED
    if record.effective_from is not None and today < record.effective_from:
        return Standing.NOT_YET
    return Standing.IN_FORCE if record.in_force else Standing.UNSTATED


def last_day(record: Record, *, clause: str | None = None) -> date | None:
    """The last day with force, as far as is known now."""
    days = [end.on - timedelta(days=1) for end in ends_of(record, clause)]
    if record.effective_until is not None:
        days.append(record.effective_until)
    return min(days, default=None)


def number_keys(text: str | None) -> tuple[str, ...]:
    """文号 in a field, written one way: 鲁人社规[2018] 5 号 and 鲁人社规〔2018〕5号 are the same.

    What does not look like a 文号 (a standard's code) is compared as it stands.
    """
    bare = _SPACES.sub("", unicodedata.normalize("NFKC", text or ""))
    found = tuple(
        f"{_LEADING.sub('', body)}〔{year}〕{int(number)}号" for body, year, number in _NUMBER.findall(bare)
    )
    return found or ((bare,) if bare else ())


def title_key(title: str) -> str:
    """One title however it is quoted: 《》, spaces and the issuing bodies before 关于 do not count."""
    title = _ISSUED_BY.sub("", title.strip("《》 "))
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", title))


@dataclass(frozen=True)
class Register:
    """All registered documents, found by how an answer cites them."""

    records: tuple[Record, ...] = ()
    _by_number: Mapping[str, Record] = field(init=False, compare=False, repr=False)
    _by_title: Mapping[str, list[Record]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        numbers = {key: record for record in self.records for key in number_keys(record.number)}
        object.__setattr__(self, "_by_number", numbers)
        titles: dict[str, list[Record]] = {}
        for record in self.records:
            titles.setdefault(title_key(record.title), []).append(record)
        object.__setattr__(self, "_by_title", titles)

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Register":
        return cls(records=tuple(sorted(records, key=lambda record: record.id)))

    def cited(self, *, number: str | None, title: str) -> list[Record]:
        """By 文号; by the title only where the citation has no number of its own.

        A title that several bear cites them all: a wrong end is seen and corrected, a missed one is not.
        """
        keys = number_keys(number)
        if keys:
            return [self._by_number[key] for key in keys if key in self._by_number]
        return list(self._by_title.get(title_key(title), ()))


def _parts(label: str | None) -> list[str]:
    found = _LABEL_PARTS.findall(unicodedata.normalize("NFKC", label or ""))
    # 第一部分 and 一、 name the same part.
    return [re.sub("^第(.+)部分$", r"\1", part) for part in found]


def _covers(ended: str | None, cited: str | None) -> bool:
    """第三十条 covers 第三十条第二款, 一 covers 一（六）; neither covers 第三十条之一 or 十一."""
    parts = _parts(ended)
    return bool(parts) and _parts(cited)[: len(parts)] == parts
