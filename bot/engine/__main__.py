"""`python -m bot.engine`: load the newest model and serve turns on loopback."""

import gc
import sys
from pathlib import Path

from bot.engine import tensorflow_stand_in
from bot.engine.settings import EngineSettings, latest_model, one_thread_each, read_settings


def main() -> int:
    settings = read_settings()
    model = latest_model(settings.models)
    if model is None:
        print("huicai engine: no model yet, train one with `huicai train`", file=sys.stderr)
        return 3
    one_thread_each()
    # Before anything that imports rasa.
    tensorflow_stand_in.install()
    return _serve(settings, model=model)


def _serve(settings: EngineSettings, *, model: Path) -> int:
    from aiohttp import web

    from bot.engine import patches, quiet_logs
    from bot.engine.action_endpoint import ActionEndpoint
    from bot.engine.components import NeedsTensorFlow
    from bot.engine.server import build_app
    from bot.engine.turn import Engine

    quiet_logs.silence_libraries()
    patches.apply()
    actions = ActionEndpoint(url=settings.actions_url, secret=settings.actions_secret)
    try:
        engine = Engine(model=model, actions=actions)
    except NeedsTensorFlow as refusal:
        print(f"huicai engine: {model.name}: {refusal}", file=sys.stderr)
        return 4
    # What is loaded now stays; the collector need not look at it on every pass.
    gc.collect()
    gc.freeze()
    app = build_app(engine=engine, actions=actions, secret=settings.engine_secret)
    web.run_app(app, host="127.0.0.1", port=settings.port, access_log=None, print=lambda _: _say_ready(model))
    return 0


def _say_ready(model: Path) -> None:
    # A supervisor may wait for this line instead of polling.
    print(f"huicai engine: ready {model.name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
