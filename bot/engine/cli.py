"""Rasa's own command line with this project's defaults (`bin/rasa`)."""

import json
import os
import sys
from pathlib import Path

from bot.engine import tensorflow_stand_in
from bot.engine.settings import PROJECT, home_folder
from bot.engine.train import DATA, model_name, prepare_environment


def main() -> None:
    prepare_environment()
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    _set_action_endpoint()
    arguments = with_defaults(_absolute(sys.argv[1:]))
    os.chdir(PROJECT)
    tensorflow_stand_in.install()
    import rasa.core.constants

    # Whatever serves does so on loopback, unless told otherwise with -i.
    rasa.core.constants.DEFAULT_SERVER_INTERFACE = "127.0.0.1"
    from rasa.__main__ import main as rasa_main

    from bot.engine.components import guard_training

    guard_training()
    sys.argv = ["rasa", *arguments]
    rasa_main()


def with_defaults(arguments: list[str]) -> list[str]:
    """Models under HUICAI_HOME, and only Rasa's own folders of data/."""
    if not arguments or {"-h", "--help"} & set(arguments):
        return arguments
    models = str(home_folder() / "models")
    defaults: dict[tuple[str, ...], list[str]] = {}
    match arguments:
        case ["train", *_]:
            defaults[("--out",)] = [models]
            defaults[("--fixed-model-name",)] = [model_name(config=PROJECT / "config.yml")]
            # `train nlu` and `train core` have options of their own for it.
            if arguments[1:2] not in (["nlu"], ["core"]):
                defaults[("--data",)] = list(DATA)
        case ["data", "validate", *_]:
            defaults[("--data",)] = list(DATA)
        case ["test", kind, *_] if kind in ("nlu", "core"):
            defaults[("-m", "--model")] = [models]
            defaults[("--out",)] = [str(home_folder() / "results")]
            if kind == "nlu":
                defaults[("-u", "--nlu")] = ["data/nlu"]
        case ["shell" | "run" | "test", *_]:
            defaults[("-m", "--model")] = [models]
    added: list[str] = []
    for names, values in defaults.items():
        if not any(argument.split("=")[0] in names for argument in arguments):
            added += [names[-1], *values]
    return arguments + added


def _absolute(arguments: list[str]) -> list[str]:
    """Paths given from another folder still mean what they meant there."""
    here = Path.cwd()
    return [
        str(here / argument)
        if not argument.startswith("-") and "/" in argument and (here / argument).exists()
        else argument
        for argument in arguments
    ]


def _set_action_endpoint() -> None:
    """endpoints.yml takes the running app's action route and its secret from here."""
    port = os.environ.get("HUICAI_PORT") or "8000"
    os.environ.setdefault("HUICAI_ACTIONS_URL", f"http://127.0.0.1:{port}/internal/actions")
    path = home_folder() / "secrets.json"
    secret = json.loads(path.read_text(encoding="utf-8"))["actions"] if path.exists() else ""
    os.environ.setdefault("HUICAI_ACTIONS_SECRET", secret)


if __name__ == "__main__":
    main()
