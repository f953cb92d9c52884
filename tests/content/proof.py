"""What cannot be proved in something we tell: figures without a statement of its own sources behind them."""

import re
from dataclasses import dataclass, field

from tests.content.fact_sheet import places_in, statements, text_for, tidy
from tests.content.figures import Figure, figures, is_stated
from tests.content.shipped import REGIONS, Faq, codes_of, told

_PARENTS = {region["code"]: region["parent"] for region in REGIONS}
_PUBLIC = "公共号码"
_OPENING = 12  # characters in which a sentence says which place it is about
_RANKED = re.compile(r"第.层次|[A-F]类|^(?:特级|博士|硕士|.{0,3}本科|专科)$")


@dataclass(frozen=True)
class Telling:
    """Sentences that rest on the same sources, for one place."""

    name: str
    sentences: list[str]
    codes: set[str]
    region: str = "000000"
    year: str = ""
    dates: list[str] = field(default_factory=list)  # of its sources, proved apart
    columns: list[list[tuple[str, str]]] = field(default_factory=list)  # (row name, cell) of each column
    context: list[str] = field(default_factory=list)  # what else tells which place and year is meant


def of_faq(faq: Faq) -> Telling:
    table = faq["answer"].get("table") or {"head": [], "rows": []}
    columns = [[(row[0], row[number]) for row in table["rows"]] for number in range(1, len(table["head"]))]
    return Telling(
        name=faq["key"],
        sentences=[
            *told(faq),
            *(source["title"] for source in faq["sources"]),
            *(source.get("clause") or "" for source in faq["sources"]),
        ],
        codes=codes_of(faq),
        region=faq["region"],
        year=faq["year"],
        dates=[source.get("date") or "" for source in faq["sources"]],
        columns=columns,
    )


def figures_of(telling: Telling) -> list[str]:
    """Everything provable, in the order told: the digest that is checked where the sheet is absent."""
    year = [f"{telling.year}年"] if telling.year else []
    return [*year, *(str(figure) for sentence in telling.sentences for figure in figures(sentence))]


def proof_text(telling: Telling, *, sentence: str = "") -> str:
    """What may prove a sentence: one that begins with a place is proved for that place alone."""
    said = "".join([*telling.sentences, *telling.context])
    years = set(re.findall(r"20\d\d", said + telling.year))
    narrower = places_in(sentence[:_OPENING]) - _chain(telling.region)
    named = places_in(sentence) if narrower else places_in(said) | {telling.region}
    # A neighbour's figures are no answer for this place, even under the neighbour's name.
    places = set().union(*(_chain(code) for code in named if _related(code, telling.region)))
    text = text_for(codes=telling.codes, places=places, years=years)
    return "\n".join([text, *(tidy(f"{date}年") for date in telling.dates)])


def unproved(telling: Telling) -> list[str]:
    text = proof_text(telling)
    missing = []
    for sentence in telling.sentences:
        if found := figures(sentence):
            proof = proof_text(telling, sentence=sentence) + text_for(codes={_PUBLIC})
            missing += [str(figure) for figure in found if not is_stated(figure, text=proof)]
            missing += _misnumbered(sentence, codes=telling.codes)
    if telling.year and not all(year in text for year in re.findall(r"\d{4}", telling.year)):
        missing.append(f"{telling.year}年")
    for column in telling.columns:
        missing += _misplaced(column, codes=telling.codes, text=text)
    return missing


def _chain(region: str) -> set[str]:
    chain, code = set(), region
    while code and code != "000000":
        chain.add(code)
        code = _PARENTS.get(code) or ""
    return chain


def _related(one: str, other: str) -> bool:
    return other == "000000" or one in _chain(other) or other in _chain(one)


def _misnumbered(sentence: str, *, codes: set[str]) -> list[str]:
    """第12条网格化系统, where the sheet's clause 12 speaks of other things and another clause of this."""
    clauses = {
        row[1]: statement.text
        for statement in statements()
        if statement.codes & codes and (row := re.match(r"\|(\d+)\|", statement.text))
    }
    wrong = []
    for number, words in re.findall(r"第(\d+)条([^。；]*?)(?=第\d+条|[。；]|$)", sentence):
        pairs = {words[i : i + 2] for i in range(len(words) - 1)}
        alike = {one: sum(pair in text for pair in pairs) for one, text in clauses.items()}
        if number in alike and alike[number] == 0 and max(alike.values()) > 1:
            wrong.append(f"第{number}条{words[:12]}")
    return wrong


def _misplaced(column: list[tuple[str, str]], *, codes: set[str], text: str) -> list[str]:
    """A column of figures is a list of the sheet in that order, or each row is told with its name."""
    rows = [(name, found) for name, cell in column if (found := _single(cell))]
    if len(rows) < 2:
        return []
    pattern = r"[/、]".join(rf"[\u4e00-\u9fff]{{0,6}}{re.escape(figure.text)}" for _, figure in rows)
    if len(rows) > 2 and re.search(rf"(?<![\d.]){pattern}(?![\d.]*\d)", text):
        return []
    return [
        f"{name}:{figure}" for name, figure in rows if not _together(name, figure, codes=codes, text=text)
    ]


def _single(cell: str) -> Figure | None:
    """The cell's one figure, its year apart."""
    found = [one for one in figures(cell) if not (one.unit == "年" and re.fullmatch(r"20\d\d", one.text))]
    return found[0] if len(found) == 1 else None


def _together(name: str, figure: Figure, *, codes: set[str], text: str) -> bool:
    if re.search(rf"{re.escape(tidy(name))}[^;\d]{{0,12}}{re.escape(figure.text)}(?!\d)", text):
        return True
    if _RANKED.search(name):  # first and second share most letters, so likeness proves nothing
        return False
    letters = re.sub(r"[“”]", "", name)
    pairs = {letters[i : i + 2] for i in range(len(letters) - 1)}
    return any(
        is_stated(figure, text=statement.text)
        and sum(pair in statement.line for pair in pairs) >= len(pairs) / 2
        for statement in statements()
        if statement.codes & codes
    )
