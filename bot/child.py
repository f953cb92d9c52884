"""Hostile files are read in a child process with limits of its own: one can only end its own child."""

import asyncio
import json
import sys
from typing import Any

from bot.runtime import Runtime

_TIME_LIMIT_S = 60
# A long text as JSON; what answers more is no document.
_ANSWER_LIMIT_BYTES = 64 * 1024 * 1024
_AT_ONCE = 2
_PART = "child_processes"


async def ask_child(
    rt: Runtime, *, module: str, data: bytes, time_limit_s: float = _TIME_LIMIT_S
) -> dict[str, Any] | None:
    """The module's JSON answer to the bytes; None when the child died or took too long."""
    places: asyncio.Semaphore = rt.parts.setdefault(_PART, asyncio.Semaphore(_AT_ONCE))
    async with places:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONIOENCODING": "utf-8"},
        )
        try:
            said, _ = await asyncio.wait_for(child.communicate(data), time_limit_s)
        except TimeoutError:
            return None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode != 0 or len(said) > _ANSWER_LIMIT_BYTES:
        return None
    answer: dict[str, Any] = json.loads(said)
    return answer
