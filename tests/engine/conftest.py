"""One engine process per test process."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engine_process import Chat, EngineProcess
from tests.engine.fake_actions import FakeActions


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
