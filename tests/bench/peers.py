"""The same questions put to others: plain BM25, and stock Rasa (DIET and ResponseSelector).

Both are treated kindly. A place chosen in the chat is written in front of the question, because they
know of none; of several questions in one message one right answer is enough.
"""

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import jieba
import numpy as np
from rank_bm25 import BM25Okapi

from bot.knowledge.cases import Case
from bot.knowledge.evaluate import Answered, Outcome
from bot.knowledge.rules import Band
from bot.knowledge.schemas import Faq
from bot.text.lexicon import Lexicon
from tests.bench import stock
from tests.live import wait_until

STRAYS_AT_MOST = 0.05  # of the staff's out-of-scope list, answered directly by BM25
EPOCHS = 100
_SHOWN = 5


def bm25(
    cases: Sequence[Case], *, faqs: Sequence[Faq], out_of_scope: Sequence[str], lexicon: Lexicon
) -> list[Outcome]:
    rows = [(faq.key, text) for faq in faqs for text in faq.says()]
    index = BM25Okapi([jieba.lcut(text) for _, text in rows])

    def ask(text: str) -> list[tuple[str, float]]:
        scores = index.get_scores(jieba.lcut(text))
        order = np.argsort(-scores, kind="stable")
        best: dict[str, float] = {}
        for row in order:
            best.setdefault(rows[row][0], float(scores[row]))
            if len(best) == _SHOWN:
                break
        return list(best.items())

    # Its one threshold is chosen as ours are: from the list of questions that are not ours.
    cut = float(np.quantile([ask(text)[0][1] for text in out_of_scope], 1 - STRAYS_AT_MOST))
    outcomes = []
    for case in cases:
        found = ask(told(case, lexicon))
        outcomes.append(_outcome(case, [key for key, _ in found], direct=found[0][1] > cut))
    return outcomes


def stock_rasa(
    cases: Sequence[Case],
    *,
    faqs: Sequence[Faq],
    out_of_scope: Sequence[str],
    lexicon: Lexicon,
    folder: Path,
) -> list[Outcome]:
    """Trained on every phrasing and on the out-of-scope list; asked through its own HTTP route."""
    stock.install()
    stock.write_project(
        folder,
        faqs,
        phrasings=max(len(faq.phrasings) for faq in faqs),
        epochs=EPOCHS,
        out_of_scope=out_of_scope,
    )
    stock.train(folder)
    port, url = stock.address()
    command = [*stock.serve_command(port), "--enable-api"]
    with subprocess.Popen(command, cwd=folder, env=stock.environment()) as server:
        try:
            wait_until(lambda: _ready(url), what="stock Rasa")
            return [_parsed(case, url, lexicon) for case in cases]
        finally:
            server.terminate()


def _parsed(case: Case, url: str, lexicon: Lexicon) -> Outcome:
    answer = httpx.post(f"{url}/model/parse", json={"text": told(case, lexicon)}, timeout=30).json()
    ranking = answer["response_selector"]["faq"]["ranking"]
    keys = [one["intent_response_key"].removeprefix("faq/") for one in ranking]
    return _outcome(case, keys, direct=answer["intent"]["name"] == "faq")


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/status", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def told(case: Case, lexicon: Lexicon) -> str:
    """The question with the place chosen in the chat written in front."""
    return f"{lexicon.region_name(case.region)} {case.question}" if case.region else case.question


def _outcome(case: Case, keys: Iterable[str], *, direct: bool) -> Outcome:
    ranked = tuple(keys)
    kind = replace(case, expected=(frozenset().union(*case.expected),) if case.expected else ())
    given = ranked[:1] if direct else ranked[:3]
    band = Band.ANSWER if direct else Band.OFFER
    return Outcome(case=kind, parts=(Answered(band=band, probability=0.0, ranked=ranked, given=given),))
