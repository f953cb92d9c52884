"""Wake-up hints between tasks: losing one costs latency, never data.

Whoever waits re-reads the database after waking or after its own time-out. On PostgreSQL
`bot.store.listen` carries hints between processes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Hints:
    """Topics: `conversation:<id>`, `turns`, `deliveries`, `notices`, `desk`, `staff:<id>`, `release`,
    `typing:<by>:<id>`."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._heard: dict[str, Callable[[str], None]] = {}
        self.forward: Callable[[str], None] | None = None  # set by the PostgreSQL listener

    def notify(self, topic: str) -> None:
        """Wake local waiters and tell other processes. Call after the commit, never before."""
        self.wake(topic)
        if self.forward is not None:
            self.forward(topic)

    def wake(self, topic: str) -> None:
        for event in self._waiting.get(topic, ()):
            event.set()
        kind = topic.partition(":")[0]
        if kind in self._heard:
            self._heard[kind](topic)

    def wake_all(self) -> None:
        """After a time in which hints of other processes may have been lost."""
        for waiting in self._waiting.values():
            for event in waiting:
                event.set()

    def hear(self, kind: str, call: Callable[[str], None]) -> None:
        """Call for every hint `<kind>:…`, from whichever process it comes."""
        self._heard[kind] = call

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator["Subscription"]:
        """Subscribe before reading state, so that nothing falls between the read and the wait."""
        event = asyncio.Event()
        for topic in topics:
            self._waiting[topic].add(event)
        try:
            yield Subscription(event)
        finally:
            for topic in topics:
                self._waiting[topic].discard(event)
                if not self._waiting[topic]:
                    del self._waiting[topic]


class Subscription:
    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, timeout_s: float) -> bool:
        """True when a hint came, False on time-out."""
        try:
            # Not wait_for, which may swallow a cancellation that comes together with a hint.
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
