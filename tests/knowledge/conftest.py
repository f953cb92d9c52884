from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import calibrate
from bot.knowledge.files import read_faqs, read_out_of_scope
from bot.knowledge.index import Index
from bot.knowledge.search import Snapshot
from bot.settings import PROJECT
from bot.text.lexicon import load_lexicon
from tests.knowledge import records

SHIPPED_FOLDER = PROJECT / "data" / "knowledge"


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser(load_lexicon(PROJECT / "data" / "lexicon"))


@pytest.fixture(scope="session")
def index(analyser: Analyser) -> Index:
    return records.build(analyser)


@pytest.fixture(scope="session")
def shipped(analyser: Analyser) -> Snapshot:
    """The knowledge we ship, calibrated as a load does it."""
    faqs, outcome = read_faqs(SHIPPED_FOLDER)
    assert outcome.problems == {}
    index = Index.build(analyser=analyser, faqs=faqs)
    out_of_scope = read_out_of_scope(SHIPPED_FOLDER)
    figures = calibrate(index, out_of_scope=out_of_scope, today=records.TODAY)
    return Snapshot(release=1, index=index, calibration=figures)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small library as a YAML folder."""
    path = tmp_path / "knowledge"
    path.mkdir()
    write(path, records.RECORDS)
    return path


def write(path: Path, records: list[dict[str, Any]]) -> None:
    text = yaml.safe_dump({"faqs": records}, allow_unicode=True)
    (path / "faqs.yml").write_text(text, encoding="utf-8")
