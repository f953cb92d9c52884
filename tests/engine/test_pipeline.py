"""What is in the trained model, and what may never be in a pipeline."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine_process import ENGINE_SECRET, PROJECT, check, run_python

_INSPECT = """
import json, sys
from pathlib import Path
from bot.engine import tensorflow_stand_in
tensorflow_stand_in.install()
import jieba
from rasa.shared.nlu.training_data.message import Message
from bot.engine import quiet_logs
from bot.engine.action_endpoint import ActionEndpoint
from bot.engine.turn import Engine
from bot.nlu.sources import read_lexicon
quiet_logs.silence_libraries()
engine = Engine(model=Path(sys.argv[1]), actions=ActionEndpoint(url="", secret=""))
nodes = {
    type(node._component).__name__: node._component
    for node in engine._processor.graph_runner._instantiated_nodes.values()
}
tokenizer, nlp = nodes["PolicyTokenizer"], nodes["PolicyEntityExtractor"].nlp
def words(text):
    return [token.text for token in tokenizer.tokenize(Message({"text": text}), "text")]
nlp("独一无二的话")
heavy = {n: m for n, m in sys.modules.items() if n.partition(".")[0] in tensorflow_stand_in.NAMES and m}
print("\\x1e" + json.dumps({
    "words": tokenizer.words,
    "lexicon": read_lexicon("data/lexicon").all_words,
    "cut": words("惠才卡有效期几年，三支一扶呢"),
    "stock_cut": jieba.lcut("惠才卡有效期几年"),
    "personal": words("我叫〔姓名1〕，身份证〔身份证号12〕"),
    "language": nlp.lang,
    "pipes": nlp.pipe_names,
    "kept": [string for string in nlp.vocab.strings if "独一无二" in string],
    "entities": [(entity.label_, entity.ent_id_) for entity in nlp("泉州博士买房").ents],
    "longest_amount": max(len(entity.text) for entity in nlp("1万" * 1000).ents),
    "figures": [entity.text for entity in nlp("一百二十万元,30万,2024年12月31日,12月3号").ents],
    "tensorflow_modules": len(heavy),
    "stand_ins": sum(isinstance(m, tensorflow_stand_in.StandInModule) for m in heavy.values()),
    "mapped": "tensorflow" in Path("/proc/self/maps").read_text(),
}))
"""


@pytest.fixture(scope="module")
def inside(trained_model: Path) -> dict[str, Any]:
    """What the engine process holds after loading the trained model."""
    facts: dict[str, Any] = json.loads(check(_INSPECT, str(trained_model)).partition("\x1e")[2])
    return facts


def test_the_model_holds_the_policy_dictionary(inside: dict[str, Any]) -> None:
    assert len(inside["words"]) > 100
    assert set(inside["lexicon"]) == set(inside["words"])
    assert {"惠才卡", "三支一扶"} <= set(inside["cut"])
    # jieba's own process-wide dictionary stays as it comes.
    assert "惠才卡" not in inside["stock_cut"]


def test_the_words_are_stored_in_the_model(trained_model: Path) -> None:
    with tarfile.open(trained_model) as archive:
        [name] = [name for name in archive.getnames() if name.endswith("words.json")]
        file = archive.extractfile(name)
        assert file is not None
        assert "惠才卡" in json.load(file)["words"]


def test_the_model_holds_the_spacy_extractor(inside: dict[str, Any]) -> None:
    assert (inside["language"], inside["pipes"]) == ("zh", ["entity_ruler"])
    assert ["region", "350500"] in inside["entities"]
    assert "degree" in {label for label, _ in inside["entities"]}


def test_figures_are_found_and_a_run_of_them_is_read_piece_by_piece(inside: dict[str, Any]) -> None:
    assert inside["figures"] == ["一百二十万元", "30万", "2024年12月31日", "12月3号"]
    # One match over a whole run would mean that every start was tried for every end: a minute of work.
    assert inside["longest_amount"] <= 10


def test_the_extractor_does_not_remember_what_it_read(inside: dict[str, Any]) -> None:
    assert inside["kept"] == []


def test_personal_tokens_stay_whole(inside: dict[str, Any]) -> None:
    assert [word for word in inside["personal"] if "〔" in word] == ["〔姓名1〕", "〔身份证号12〕"]


def test_tensorflow_is_never_imported(inside: dict[str, Any]) -> None:
    assert inside["tensorflow_modules"] == inside["stand_ins"] > 0
    assert not inside["mapped"]


def test_training_refuses_tensorflow_components(tmp_path: Path) -> None:
    config = (PROJECT / "config.yml").read_text(encoding="utf-8")
    for key, name in (
        ("pipeline", "DIETClassifier"),
        ("pipeline", "ResponseSelector"),
        ("policies", "TEDPolicy"),
    ):
        config = config.replace(f"\n{key}:\n", f"\n{key}:\n  - name: {name}\n")
    path = tmp_path / "config.yml"
    path.write_text(config, encoding="utf-8")
    result = run_python("-m", "bot.engine.train", "--config", str(path), "--out", str(tmp_path / "out"))
    assert result.returncode == 4
    assert "no TensorFlow: ResponseSelector, DIETClassifier, TEDPolicy." in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.glob("out/*.tar.gz"))


def test_starting_refuses_a_model_with_a_tensorflow_component(trained_model: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    with tarfile.open(trained_model) as archive:
        archive.extractall(unpacked, filter="data")
    metadata = unpacked / "metadata.json"
    text = metadata.read_text(encoding="utf-8")
    ours = "bot.nlu.classifier.PolicyIntentClassifier"
    assert f'"uses": "{ours}"' in text
    theirs = "rasa.nlu.classifiers.diet_classifier.DIETClassifier"
    metadata.write_text(text.replace(f'"uses": "{ours}"', f'"uses": "{theirs}"'), encoding="utf-8")
    (tmp_path / "models").mkdir()
    with tarfile.open(tmp_path / "models" / "huicai-1-x.tar.gz", "w:gz") as archive:
        for path in unpacked.iterdir():
            archive.add(path, arcname=path.name)
    (tmp_path / "secrets.json").write_text(json.dumps({"engine": ENGINE_SECRET, "actions": "x"}))
    result = run_python("-m", "bot.engine", HUICAI_HOME=str(tmp_path), HUICAI_ENGINE_PORT="1")
    assert result.returncode == 4
    assert "DIETClassifier" in result.stderr
    assert "no TensorFlow" in result.stderr


def test_starting_without_a_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"engine": ENGINE_SECRET, "actions": "x"}))
    result = run_python("-m", "bot.engine", HUICAI_HOME=str(tmp_path), HUICAI_ENGINE_PORT="1")
    assert result.returncode == 3
    assert "huicai train" in result.stderr


def test_every_module_of_rasa_that_we_rely_on_imports() -> None:
    """Restated requirements hide conflicts from the resolver; importing shows them."""
    output = check(
        """
from bot.engine import tensorflow_stand_in
tensorflow_stand_in.install()
import importlib, pkgutil, rasa
# These need software that Rasa itself lists as an extra.
EXTRAS = ("mitie", "hugging_face")
failed = []
for module in pkgutil.walk_packages(rasa.__path__, "rasa."):
    if module.name == "rasa.__main__" or any(extra in module.name for extra in EXTRAS):
        continue
    try:
        importlib.import_module(module.name)
    except BaseException as error:
        failed.append(f"{module.name}: {type(error).__name__}: {error}")
print("count", len(failed), *failed, sep="\\n")
"""
    )
    failed = [line for line in output.splitlines()[2:] if line]
    assert not failed, "\n".join(failed)
