"""Stock Rasa on our FAQs: DIET, ResponseSelector and TED, trained in an environment of its own."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.schemas import Faq
from bot.settings import PROJECT
from tests.live import free_port

EPOCHS = 30  # speed does not depend on it; 100 would only train longer
FAQS = 60
PHRASINGS = 6
PYTHON = PROJECT / ".venv-peer" / "bin" / "python"
ACTS = ("greet", "thanks", "goodbye", "out_of_scope")


def install() -> None:
    """The peer's environment, about 2 GB; skipped when it is there."""
    if PYTHON.exists():
        return
    env = {**os.environ, "UV_PROJECT_ENVIRONMENT": ".venv-peer", "UV_COMPILE_BYTECODE": "1"}
    command = [".uv/bin/uv", "sync", "--frozen", "--quiet", "--no-default-groups", "--group", "peer"]
    subprocess.run(command, cwd=PROJECT, env=env, check=True)


def config(epochs: int) -> dict[str, Any]:
    return {
        "recipe": "default.v1",
        "language": "zh",
        "pipeline": [
            {"name": "JiebaTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "random_seed": 1},
            {"name": "ResponseSelector", "epochs": epochs, "retrieval_intent": "faq", "random_seed": 1},
            {"name": "FallbackClassifier", "threshold": 0.4},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "TEDPolicy", "max_history": 5, "epochs": min(epochs, EPOCHS), "random_seed": 1},
        ],
    }


def write_project(
    folder: Path,
    faqs: Sequence[Faq],
    *,
    phrasings: int = PHRASINGS,
    epochs: int = EPOCHS,
    out_of_scope: Sequence[str] = (),
) -> None:
    """config.yml, domain.yml, data/ with one retrieval intent for every FAQ."""
    responses = {
        f"utter_faq/{faq.key}": [{"text": "\n".join(faq.answer.paragraphs) or faq.question}] for faq in faqs
    }
    acts = {name: _examples_of(name) for name in ACTS}
    acts["out_of_scope"] = list(dict.fromkeys([*acts["out_of_scope"], *out_of_scope]))
    domain: dict[str, Any] = {
        "version": "3.1",
        "intents": ["faq", *ACTS],
        "responses": responses
        | {f"utter_{name}": [{"text": name}] for name in ACTS}
        | {"utter_default": [{"text": "没有听懂"}]},
    }
    nlu = [
        {"intent": f"faq/{faq.key}", "examples": _lines([faq.question, *faq.phrasings[:phrasings]])}
        for faq in faqs
    ] + [{"intent": name, "examples": _lines(lines)} for name, lines in acts.items()]
    rules = [
        {"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in ("faq", *ACTS)
    ] + [
        {"rule": "unsure", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_default"}]},
    ]
    stories = [
        {
            "story": "small talk",
            "steps": [
                {"intent": "greet"},
                {"action": "utter_greet"},
                {"intent": "faq"},
                {"action": "utter_faq"},
            ],
        }
    ]
    _write(folder / "config.yml", config(epochs))
    _write(folder / "domain.yml", domain)
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules, "stories": stories})
    _write(folder / "credentials.yml", {"rest": None})


def train(folder: Path) -> None:
    command = [str(PYTHON), "-m", "rasa", "train", "--fixed-model-name", "stock", "--quiet"]
    subprocess.run(command, cwd=folder, env=environment(), check=True)


def serve_command(port: int) -> list[str]:
    return [str(PYTHON), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "-m", "models/stock.tar.gz"]


def address() -> tuple[int, str]:
    port = free_port()
    return port, f"http://127.0.0.1:{port}"


def environment() -> dict[str, str]:
    return {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}


def _examples_of(intent: str) -> list[str]:
    for path in sorted((PROJECT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if entry.get("intent") == intent:
                return [line.removeprefix("- ") for line in entry["examples"].splitlines()]
    raise LookupError(intent)


def _lines(examples: list[str]) -> str:
    return "".join(f"- {example}\n" for example in examples)


def _write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
