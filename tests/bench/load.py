"""Closed-loop load over the web channel, and the figures of one run."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle, islice
from uuid import uuid4

import httpx

QUESTIONS = (
    "惠才卡有效期几年",
    "泉州第三层次人才买房补多少钱",
    "三支一扶服务几年",
    "科技特派员咋申请",
    "青岛地铁几点停",
    "惠才卡丢了咋补办",
    "你好",
    "谢谢",
)
ANSWER_TIMEOUT_S = 60.0

Ask = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Figures:
    """Of one run, in ms and messages per second."""

    messages: int
    p50_ms: float
    p95_ms: float
    per_second: float

    def __str__(self) -> str:
        return f"{self.per_second:.1f}/s, p50 {self.p50_ms:.0f} ms, p95 {self.p95_ms:.0f} ms"


async def closed_loop(talkers: list[Ask], *, each: int, warm_up: int = 3) -> Figures:
    """Every talker asks `each` questions one after the other, all at the same time."""
    took: list[float] = []

    async def talk(ask: Ask, first: int) -> None:
        for question in islice(cycle(QUESTIONS), first, first + each):
            begun = time.perf_counter()
            await ask(question)
            took.append((time.perf_counter() - begun) * 1000)

    for ask in talkers:
        for question in QUESTIONS[:warm_up]:
            await ask(question)
    started = time.perf_counter()
    await asyncio.gather(*(talk(ask, number) for number, ask in enumerate(talkers)))
    spent = time.perf_counter() - started
    return Figures(len(took), statistics.median(took), percentile(took, 95), len(took) / spent)


async def open_loop(talkers: list[Ask], *, per_second: float, seconds: float) -> Figures:
    """Questions arrive at a fixed rate whatever the answers take; waiting for a free talker counts."""
    took: list[float] = []
    free: asyncio.Queue[Ask] = asyncio.Queue()
    for talker in talkers:
        free.put_nowait(talker)

    async def one(question: str, due: float) -> None:
        talker = await free.get()
        await talker(question)
        took.append((time.perf_counter() - due) * 1000)
        free.put_nowait(talker)

    started = time.perf_counter()
    tasks = []
    for number, question in enumerate(islice(cycle(QUESTIONS), int(per_second * seconds))):
        due = started + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(question, due)))
    await asyncio.gather(*tasks)
    spent = time.perf_counter() - started
    return Figures(len(took), statistics.median(took), percentile(took, 95), len(took) / spent)


def percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


class WebTalker:
    """One visitor with an open event stream: from sending to the last word of the answer."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=ANSWER_TIMEOUT_S, trust_env=False)
        self._reading: asyncio.Task[None] | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._own_seq = 0
        self._last_seq = 0

    async def open(self) -> "WebTalker":
        opened = (await self._client.post("/api/web/session", json={})).raise_for_status().json()
        self._client.headers["Authorization"] = f"Bearer {opened['token']}"
        self._reading = asyncio.create_task(self._read())
        return self

    async def __call__(self, question: str) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        self._own_seq = 1 << 60
        body = {"client_msg_id": str(uuid4()), "text": question}
        sent = await self._client.post("/api/web/messages", json=body)
        self._own_seq = sent.raise_for_status().json()["seq"]
        if self._last_seq <= self._own_seq:
            await asyncio.wait_for(self._waiting, ANSWER_TIMEOUT_S)

    async def _read(self) -> None:
        while True:
            path = f"/api/web/events?after={self._last_seq}"
            async with self._client.stream("GET", path, timeout=None) as response:
                async for line in response.aiter_lines():
                    if line.startswith("data: ") and '"seq"' in line:
                        self._heard(json.loads(line[6:]))

    def _heard(self, message: dict[str, object]) -> None:
        self._last_seq = max(self._last_seq, int(str(message["seq"])))
        spoke = message["author"] in ("assistant", "system")
        if spoke and self._last_seq > self._own_seq and self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._client.aclose()


class RestTalker:
    """One sender on stock Rasa's REST channel, which answers in the same request."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=ANSWER_TIMEOUT_S, trust_env=False)
        self._sender = uuid4().hex

    async def __call__(self, question: str) -> None:
        body = {"sender": self._sender, "message": question}
        (await self._client.post("/webhooks/rest/webhook", json=body)).raise_for_status()

    async def close(self) -> None:
        await self._client.aclose()
