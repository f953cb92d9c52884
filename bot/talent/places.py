"""The region tree as records use it: codes of six digits, each within the place its prefix names."""

from functools import cache

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from bot.errors import Refusal
from bot.settings import PROJECT
from bot.text.lexicon import Lexicon, load_lexicon

_LEXICON = PROJECT / "data" / "lexicon"


@cache
def lexicon() -> Lexicon:
    return load_lexicon(_LEXICON)


def region_name(code: str) -> str:
    return lexicon().region_name(code)


def full_name(code: str) -> str:
    """370102 → 山东省济南市历下区: a short name (市中区) may be that of two places."""
    chain = lexicon().chain(code)
    return "".join(lexicon().region_name(one) for one in reversed(chain[:-1])) or region_name(code)


def region_code(text: str) -> str | None:
    """The code that a code, a name or a full name stands for; None where it is unknown or of two places."""
    text = text.strip()
    known = lexicon()
    if text in known.regions:
        return text
    found = known.region_names.get(text)
    if found is not None or len(text) < 2:
        return found
    fitting = [code for code in known.regions if text in _written(code)]
    return fitting[0] if len(fitting) == 1 else None


def _written(code: str) -> list[str]:
    """370102 → 历下区, 济南市历下区, 山东省济南市历下区."""
    names = [lexicon().region_name(one) for one in lexicon().chain(code)[:-1]]
    return ["".join(reversed(names[: count + 1])) for count in range(len(names))]


def check_region(code: str) -> str:
    if code not in lexicon().regions:
        raise Refusal("unknown_region", "没有这个地区代码，请从列表中选择地区。", status=422)
    return code


def prefix_of(region: str) -> str:
    """370000 → 37, 371300 → 3713, 000000 → everything. The tree is that of the codes' prefixes."""
    code = region
    while code.endswith("00"):
        code = code[:-2]
    return code


def covers(region: str, place: str) -> bool:
    """Whether a place lies in a region or is it."""
    return place.startswith(prefix_of(region))


def within(column: InstrumentedAttribute[str], region: str) -> ColumnElement[bool]:
    """As a range, which both databases find by index; they do not by LIKE."""
    prefix = prefix_of(region)
    return column.between(prefix.ljust(6, "0"), prefix.ljust(6, "9")) if prefix else true()
