"""Children that die are started again, each time a little later."""

import sys
from pathlib import Path

from bot.settings import Settings
from bot.supervisor import RESTART_DELAYS_S, Child


def test_a_child_that_keeps_dying_is_started_again_with_growing_delays(tmp_path: Path) -> None:
    child = Child("x", [sys.executable, "-c", "raise SystemExit(1)"], Settings(home=tmp_path))
    child.tend(0.0)
    for delay in (*RESTART_DELAYS_S, RESTART_DELAYS_S[-1]):
        assert child.process is not None
        child.process.wait()
        died = child.started
        child.tend(died)
        assert child.process is None
        child.tend(died + delay - 0.01)
        assert child.process is None
        child.tend(died + delay)
    child.reap(0.0)
