"""How well questions are answered: ours, plain BM25 and stock Rasa on the same FAQs, in one run.

Run: python -m tests.bench.quality [--set development] [--without-stock] [--out report.md]
The frozen questions were written by somebody who had read the facts and none of our phrasings; their
checksum was committed before the search was tuned, and a changed file is refused.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot.knowledge.calibrate import calibrate
from bot.knowledge.cases import Scope, read_cases
from bot.knowledge.evaluate import (
    Figures,
    Outcome,
    by_kind,
    by_scope,
    evaluate,
    figures,
    leave_one_out,
    share,
    worst,
)
from bot.knowledge.files import read_faqs, read_out_of_scope
from bot.knowledge.index import Index
from bot.knowledge.published import one_blas_thread, shipped_analyser
from bot.knowledge.search import Snapshot
from bot.knowledge.service import parts_of
from bot.settings import PROJECT
from tests.bench.peers import bm25, stock_rasa

QUESTIONS = PROJECT / "tests" / "bench" / "questions"
KNOWLEDGE = PROJECT / "data" / "knowledge"
WORST = 10


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", default="frozen", choices=["frozen", "development"])
    arguments.add_argument("--without-stock", action="store_true", help="skip the peer (2 GB, half an hour)")
    arguments.add_argument("--out", type=Path, help="write the report here as well")
    given = arguments.parse_args()
    check_frozen()
    report = _report(given.set, without_stock=given.without_stock)
    print(report)
    if given.out:
        given.out.write_text(report, encoding="utf-8")


def check_frozen() -> None:
    """The frozen questions are those whose checksum was committed first."""
    written = (QUESTIONS / "frozen.sha256").read_text(encoding="utf-8").split()[0]
    if hashlib.sha256((QUESTIONS / "frozen.yml").read_bytes()).hexdigest() != written:
        raise SystemExit("tests/bench/questions/frozen.yml has been changed")


def _report(name: str, *, without_stock: bool) -> str:
    one_blas_thread()
    today = datetime.now(UTC).date()
    faqs, _ = read_faqs(KNOWLEDGE)
    faqs = sorted(faqs, key=lambda faq: faq.key)
    strays = read_out_of_scope(KNOWLEDGE)
    index = Index.build(analyser=shipped_analyser(), faqs=faqs)
    snapshot = Snapshot(
        release=1, index=index, calibration=calibrate(index, out_of_scope=strays, today=today)
    )
    lexicon = index.analyser.lexicon
    cases = read_cases(
        QUESTIONS / f"{name}.yml", lexicon=lexicon, expected=QUESTIONS / f"{name}_expected.yml"
    )
    systems = {
        "惠才通": evaluate(snapshot, cases, today=today, parts_of=parts_of),
        "BM25": bm25(cases, faqs=faqs, out_of_scope=strays, lexicon=lexicon),
    }
    if not without_stock:
        with tempfile.TemporaryDirectory() as folder:
            systems["stock Rasa"] = stock_rasa(
                cases, faqs=faqs, out_of_scope=strays, lexicon=lexicon, folder=Path(folder)
            )
    parts = [
        f"{name} questions, {len(faqs)} FAQs, {sum(len(f.says()) for f in faqs)} phrasings, {today}",
        _totals(systems),
        *(f"{system}, by kind\n\n{_kinds(outcomes)}" for system, outcomes in systems.items()),
        _left_out(snapshot, today),
        _worst(systems["惠才通"]),
    ]
    return "\n\n".join(parts) + "\n"


def _totals(systems: dict[str, list[Outcome]]) -> str:
    rows = [["measure", "must reach", *systems]]

    def row(label: str, least: str, scope: Scope, value: str) -> None:
        found = [figures(by_scope(outcomes, scope)) for outcomes in systems.values()]
        rows.append([label, least, *(f"{getattr(one, value):.3f} of {one.asked}" for one in found)])

    row("in scope: right answer first", "≥ 0.80", Scope.WITHIN, "first")
    row("in scope: right within three", "≥ 0.92", Scope.WITHIN, "third")
    row("in scope: answered directly", "–", Scope.WITHIN, "answered")
    row("in scope: right answer given, directly or to choose", "–", Scope.WITHIN, "solved")
    wrong = [_wrong(outcomes) for outcomes in systems.values()]
    rows.append(["wrong ÷ direct answers, in scope and not published", "≤ 0.07", *wrong])
    row("out of scope: answered directly", "≤ 0.08", Scope.OUTSIDE, "answered")
    row("not published: said so", "–", Scope.NOT_PUBLISHED, "first")
    stated = [
        f"{share(bool(one.wrong) for one in by_scope(outcomes, Scope.NOT_PUBLISHED)):.3f}"
        for outcomes in systems.values()
    ]
    rows.append(["not published: answered with something else", "0", *stated])
    return markdown(rows)


def _wrong(outcomes: Sequence[Outcome]) -> str:
    """A direct answer to a question out of scope is counted in its own row."""
    some = figures([one for one in outcomes if one.case.scope is not Scope.OUTSIDE])
    return f"{some.wrong_direct:.3f} of {some.direct}"


def _kinds(outcomes: Sequence[Outcome]) -> str:
    within = by_scope(outcomes, Scope.WITHIN)
    rows = [["kind", "asked", "first", "within three", "answered directly", "given", "wrong ÷ direct"]]
    for kind, some in by_kind(within).items():
        rows.append([kind, *_cells(figures(some))])
    return markdown(rows)


def _cells(some: Figures) -> list[str]:
    shares = (some.first, some.third, some.answered, some.solved)
    return [str(some.asked), *(f"{one:.2f}" for one in shares), f"{some.wrong_direct:.2f} of {some.direct}"]


def _left_out(snapshot: Snapshot, today: date) -> str:
    first, third = leave_one_out(snapshot, today=today, every=3)
    return f"Every third phrasing asked while left out: first {first:.3f}, within three {third:.3f}"


def _worst(outcomes: Sequence[Outcome]) -> str:
    lines = ["Worst cases"]
    for one in worst(outcomes, count=WORST):
        wanted = " || ".join("/".join(sorted(group)) for group in one.case.expected) or "no answer"
        got = " || ".join(
            f"{part.band} {part.probability:.2f} {', '.join(part.ranked[:3])}" for part in one.parts
        )
        lines.append(f"- {one.case.id} ({one.case.kind}) {one.case.question}\n  wanted {wanted}; got {got}")
    return "\n".join(lines)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    lines = [head, ["---"] * len(head), *rest]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
