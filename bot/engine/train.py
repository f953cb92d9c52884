"""`python -m bot.engine.train --out DIR`: train config.yml, domain.yml and data/ into a model."""

import argparse
import contextlib
import hashlib
import io
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.engine import tensorflow_stand_in
from bot.engine.settings import PROJECT, home_folder, one_thread_each

DATA = ("data/nlu", "data/rules", "data/stories")
_SOURCES = (*DATA, "data/lexicon", "bot/nlu", "bot/text", "config.yml", "domain.yml", "uv.lock")


def data_fingerprint(*, config: Path) -> str:
    """Changes with everything a model is made of."""
    digest = hashlib.sha256(config.read_bytes())
    for source in _SOURCES:
        path = PROJECT / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.suffix in (".yml", ".py", ".lock"):
                digest.update(str(file.relative_to(PROJECT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def model_name(*, config: Path) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return f"huicai-{stamp}-{data_fingerprint(config=config)}.tar.gz"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=home_folder() / "models")
    arguments.add_argument("--config", type=Path, default=PROJECT / "config.yml")
    arguments.add_argument("--unless-current", action="store_true", help="skip if nothing changed")
    given = arguments.parse_args()
    made_of = data_fingerprint(config=given.config)
    if given.unless_current and any(given.out.glob(f"huicai-*-{made_of}.tar.gz")):
        _say("the model is current")
        return 0
    started = time.monotonic()
    _say("loading the training program")
    prepare_environment()
    tensorflow_stand_in.install()
    from bot.engine import quiet_logs
    from bot.engine.components import NeedsTensorFlow, guard_training

    quiet_logs.silence_libraries()
    guard_training()
    _say("training")
    chatter = io.StringIO()
    try:
        with contextlib.redirect_stdout(chatter):
            path = _train(config=given.config, out=given.out)
    except NeedsTensorFlow as refusal:
        print(f"huicai train: {given.config.name}: {refusal}", file=sys.stderr)
        return 4
    except (SystemExit, Exception):
        print(chatter.getvalue(), file=sys.stderr)
        raise
    _say(f"trained in {time.monotonic() - started:.0f} s: {path}")
    return 0


def prepare_environment() -> None:
    """Before anything of Rasa or NumPy is imported."""
    # Rasa's training cache does not see changes in helper modules, so it is not used.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    one_thread_each()
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))


def _train(*, config: Path, out: Path) -> Path:
    from rasa.model_training import train

    # Rasa hides its progress bars only by this.
    os.environ["LOG_LEVEL"] = "ERROR"
    out.mkdir(parents=True, exist_ok=True)
    name = model_name(config=config)
    result = train(
        domain=str(PROJECT / "domain.yml"),
        config=str(config),
        training_files=[str(PROJECT / folder) for folder in DATA],
        output=str(out),
        force_training=True,
        fixed_model_name=f".{name}",
    )
    if not result.model:
        raise RuntimeError("no model came out of the training")
    # Rasa writes in place; a starting engine must never see half a model.
    return Path(result.model).replace(out / name)


def _say(step: str) -> None:
    print(f"huicai train: {step}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
