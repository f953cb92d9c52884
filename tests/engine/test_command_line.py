"""bin/rasa: Rasa's own commands, from any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.engine.cli import with_defaults
from tests.engine.engine_process import PROJECT

RASA = PROJECT / "bin" / "rasa"


def rasa(*arguments: str, cwd: Path, **rest: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(RASA), *arguments],
        cwd=cwd,
        env=os.environ | {"HUICAI_HOME": str(cwd / "home")},
        input=rest.get("said"),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_data_is_valid(tmp_path: Path) -> None:
    result = rasa("data", "validate", "--fail-on-warnings", cwd=tmp_path)
    output = result.stdout + result.stderr
    assert result.returncode == 0, output[-3000:]
    assert "No story structure conflicts found" in output
    # Rasa ends with 0 even where it warns, so its words count.
    # An intent that is only ever pressed, or decided without the model, has no examples.
    pressed = ("tell_profile", "ask_outcome", "join", "pick_draft", "upload_file")
    unlearnt = [f"The intent '{name}' is listed in the domain" for name in pressed]
    known = ("pkg_resources", *unlearnt)
    findings = [
        line for line in output.splitlines() if "UserWarning" in line and not any(k in line for k in known)
    ]
    assert not findings, "\n".join(findings)


def test_a_shell_answers_from_any_folder(tmp_path: Path, trained_model: Path) -> None:
    result = rasa("shell", "nlu", "-m", str(trained_model), cwd=tmp_path, said="转人工\n/stop\n")
    assert '"name": "request_human"' in result.stdout, result.stderr[-3000:]


def test_a_tensorflow_pipeline_is_refused_here_too(tmp_path: Path) -> None:
    config = (PROJECT / "config.yml").read_text(encoding="utf-8")
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "config.yml"
    other.write_text(config.replace("\npipeline:\n", "\npipeline:\n  - name: DIETClassifier\n"))
    result = rasa("train", "--config", "other/config.yml", cwd=tmp_path)
    assert result.returncode == 1
    assert "no TensorFlow: DIETClassifier" in result.stdout + result.stderr


def test_servers_listen_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    output = rasa("run", "--help", cwd=tmp_path).stdout
    assert "(default: 127.0.0.1)" in " ".join(output.split())
    assert "0.0.0.0" not in output.split("--interface", 1)[1].split("-p PORT")[0]


@pytest.mark.parametrize(
    ("given", "added"),
    [
        (["train"], ["--out", "--fixed-model-name", "--data"]),
        (["train", "--out", "x", "--data", "y"], ["--fixed-model-name"]),
        (["data", "validate"], ["--data"]),
        (["shell"], ["--model"]),
        (["shell", "-m", "x"], []),
        (["--version"], []),
        (["train", "--help"], []),
    ],
)
def test_defaults_never_replace_what_was_given(given: list[str], added: list[str]) -> None:
    arguments = with_defaults(given)
    assert arguments[: len(given)] == given
    assert [argument for argument in arguments[len(given) :] if argument.startswith("-")] == added


def test_the_tests_run_in_the_app_environment() -> None:
    assert not Path(sys.prefix).samefile(PROJECT / ".venv-engine")


def test_measuring_the_language_model_draws_its_report(tmp_path: Path, trained_model: Path) -> None:
    (tmp_path / "held_out").mkdir()
    said = tmp_path / "held_out" / "nlu.yml"
    said.write_text(
        'version: "3.1"\nnlu:\n- intent: request_human\n  examples: |\n    - 我要找真人客服\n'
        "- intent: thanks\n  examples: |\n    - 谢谢您\n",
        encoding="utf-8",
    )
    out = tmp_path / "report"
    result = rasa(
        "test", "nlu", "-m", str(trained_model), "-u", "held_out/nlu.yml", "--out", str(out), cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert (out / "intent_report.json").exists()
    assert (out / "intent_confusion_matrix.png").exists()
