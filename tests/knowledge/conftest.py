from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.analysis import Analyser
from bot.knowledge.index import Index
from bot.settings import PROJECT
from bot.text.lexicon import load_lexicon
from tests.knowledge import records


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser(load_lexicon(PROJECT / "data" / "lexicon"))


@pytest.fixture(scope="session")
def index(analyser: Analyser) -> Index:
    return records.build(analyser)


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
