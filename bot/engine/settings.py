"""What the engine reads from its environment and from HUICAI_HOME/secrets.json."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    home: Path
    port: int
    actions_url: str
    engine_secret: str
    actions_secret: str

    @property
    def models(self) -> Path:
        return self.home / "models"


def home_folder() -> Path:
    return Path(os.environ.get("HUICAI_HOME") or PROJECT / "var")


def read_settings() -> EngineSettings:
    home = home_folder()
    stored = json.loads((home / "secrets.json").read_text(encoding="utf-8"))
    app_port = int(os.environ.get("HUICAI_PORT") or 8000)
    return EngineSettings(
        home=home,
        port=int(os.environ.get("HUICAI_ENGINE_PORT") or 5005),
        actions_url=f"http://127.0.0.1:{app_port}/internal/actions",
        engine_secret=stored["engine"],
        actions_secret=stored["actions"],
    )


def latest_model(folder: Path) -> Path | None:
    """Names carry the time of training, so the last one by name is the newest."""
    return max(folder.glob("huicai-*.tar.gz"), key=lambda path: path.name, default=None)


def one_thread_each() -> None:
    """The matrices here are small: threads of the numeric libraries only fight for the cores."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
