"""`huicai evaluate`: how well the published knowledge answers a file of questions, as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.knowledge import service as knowledge
from bot.knowledge.cases import Scope, read_cases
from bot.knowledge.evaluate import Figures, Outcome, by_kind, by_scope, evaluate, figures, worst
from bot.knowledge.published import library_of
from bot.knowledge.rules import Band
from bot.runtime import SHANGHAI, Runtime

console = Console()
_HEAD = ("类别", "问题数", "首位正确", "前三正确", "直接回答", "给出正确", "答错÷直接回答")
_MISSING, _NOTHING = "（没有给出）", "（不作答）"
_BANDS = {
    Band.ANSWER: "直接回答",
    Band.OFFER: "给出选项",
    Band.CLARIFY: "反问地区",
    Band.NOT_PUBLISHED: "说明未公布",
    Band.NONE: "说明没有资料",
}


@dataclass(frozen=True)
class Report:
    outcomes: Sequence[Outcome]
    titles: dict[str, str]  # of the FAQs, by key


async def measure(rt: Runtime, *, file: Path, expected: Path | None) -> Report:
    """Ask every question of the file; nothing is stored."""
    snapshot = (await library_of(rt)).snapshot
    cases = read_cases(file, lexicon=snapshot.index.analyser.lexicon, expected=expected)
    today = rt.clock.now().astimezone(SHANGHAI).date()
    return Report(
        outcomes=evaluate(snapshot, cases, today=today, parts_of=knowledge.parts_of),
        titles={entry.faq.key: entry.faq.question for entry in snapshot.index.entries},
    )


def show(report: Report, *, count: int) -> None:
    """The tables, then the `count` worst cases with what was expected and what was given."""
    within = [one for one in report.outcomes if one.case.scope is not Scope.OUTSIDE]
    outside = by_scope(report.outcomes, Scope.OUTSIDE)
    if within:
        console.print(_table(within))
    if outside:
        strays = sum(bool(one.direct) for one in outside)
        console.print(f"不归本助手答的问题 {len(outside)} 个，其中被直接回答的 {strays} 个", highlight=False)
    for one in worst(report.outcomes, count=count):
        _show_case(one, report.titles)


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table(*_HEAD, box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, some in by_kind(outcomes).items():
        table.add_row(kind, *_cells(figures(some)))
    table.add_row("合计", *_cells(figures(outcomes)), style="bold")
    return table


def _cells(some: Figures) -> tuple[str, ...]:
    shares = (some.first, some.third, some.answered, some.solved, some.wrong_direct)
    return (str(some.asked), *(f"{share:.1%}" for share in shares))


def _show_case(one: Outcome, titles: dict[str, str]) -> None:
    wanted = [titles.get(key, key) for group in one.case.expected for key in sorted(group)]
    _line(f"\n{one.case.id}  {one.case.question}", style="bold")
    _line(f"  应当：{'；'.join(wanted) or _NOTHING}")
    for part in one.parts:
        given = "；".join(titles.get(key, key) for key in part.given) or _MISSING
        _line(f"  实际 · {_BANDS[part.band]} · 把握 {part.probability:.0%}：{given}")


def _line(text: str, *, style: str | None = None) -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)
