"""One trained model per state of the data, one engine process per test run."""

import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.engine.train import data_fingerprint
from tests.engine.engine_process import PROJECT, PYTHON, Chat, EngineProcess, run_python
from tests.engine.fake_actions import FakeActions


@pytest.fixture(scope="session")
def trained_model() -> Path:
    assert PYTHON.exists(), "the engine environment is not installed: run make setup"
    cache = Path(os.environ.get("HUICAI_TEST_CACHE") or PROJECT / ".stamps") / "engine-models"
    folder = cache / data_fingerprint(config=PROJECT / "config.yml")
    folder.mkdir(parents=True, exist_ok=True)
    # Test workers in parallel train once.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = sorted(folder.glob("huicai-*.tar.gz"))
        if not found:
            result = run_python("-m", "bot.engine.train", "--out", str(folder))
            assert result.returncode == 0, result.stderr[-3000:]
            found = sorted(folder.glob("huicai-*.tar.gz"))
    return found[-1]


@pytest.fixture(scope="session")
def actions_server() -> Iterator[FakeActions]:
    server = FakeActions()
    yield server
    server.close()


@pytest.fixture
def actions(actions_server: FakeActions) -> FakeActions:
    actions_server.reset()
    return actions_server


@pytest.fixture(scope="session")
def engine(
    trained_model: Path, actions_server: FakeActions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EngineProcess]:
    home = tmp_path_factory.mktemp("engine-home")
    (home / "models").mkdir()
    (home / "models" / trained_model.name).symlink_to(trained_model)
    process = EngineProcess(home=home, port=free_port(), actions_port=actions_server.port)
    yield process
    process.stop()


@pytest.fixture
def chat(engine: EngineProcess, actions: FakeActions) -> Chat:
    return Chat(engine)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
