"""Files are read and cleaned in a child process with limits: a hostile one can only end its own child."""

import asyncio
import json
import sys

from bot.knowledge.documents.extract import Format, Unreadable
from bot.knowledge.documents.reading import Draft
from bot.runtime import Runtime

_TIME_LIMIT_S = 60
# A long text as JSON; what answers more is no document.
_ANSWER_LIMIT_BYTES = 64 * 1024 * 1024
_AT_ONCE = 2
_PART = "document_reading"


async def read_safely(rt: Runtime, data: bytes) -> Draft:
    """Raises Unreadable, also when the child died."""
    places: asyncio.Semaphore = rt.parts.setdefault(_PART, asyncio.Semaphore(_AT_ONCE))
    async with places:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "bot.knowledge.documents.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONIOENCODING": "utf-8"},
        )
        try:
            said, _ = await asyncio.wait_for(child.communicate(data), _TIME_LIMIT_S)
        except TimeoutError:
            raise Unreadable("too_complex") from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode != 0 or len(said) > _ANSWER_LIMIT_BYTES:
        raise Unreadable("too_complex")
    answer = json.loads(said)
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return Draft(**answer["draft"] | {"format": Format(answer["draft"]["format"])})
