"""Start, memory, latency, throughput and chat length of the running service, and of stock Rasa."""

import asyncio
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.bench.load import Figures, RestTalker, WebTalker, closed_loop, open_loop
from tests.live import LiveService, wait_until

USERS = 10
EACH = 40
STEADY_PER_SECOND = 30.0
STOCK_PER_SECOND = 8.0
STEADY_S = 20.0
LONG_CHAT = 1000
SAMPLE = 30  # turns measured at either length


@dataclass(frozen=True)
class Row:
    """What is measured of one service."""

    ready_s: float
    idle_mb: float
    one_user: Figures
    many_users: Figures
    steady: Figures  # at STEADY_PER_SECOND, or less where that would only pile up
    at_10_ms: float
    at_1000_ms: float


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory with children, in MB."""
    top = psutil.Process(process.pid)
    return sum(p.memory_info().rss for p in [top, *top.children(recursive=True)]) / 1e6


def measure_huicai(model: Path) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        service = LiveService(Path(folder) / "home")
        service.prepare(model)
        try:
            began = time.monotonic()
            service.start_engine()
            service.start_app()
            service.wait_ready()
            ready = time.monotonic() - began
            one, many, steady, at_10, at_1000 = asyncio.run(_talk_huicai(service.url))
            idle = sum(memory_mb(process) for process in service.processes.values())
            return Row(ready, idle, one, many, steady, at_10, at_1000)
        finally:
            service.stop()


async def _talk_huicai(url: str) -> tuple[Figures, Figures, Figures, float, float]:
    talkers = [await WebTalker(url).open() for _ in range(USERS)]
    try:
        one = await closed_loop(talkers[:1], each=EACH)
        many = await closed_loop(talkers, each=EACH)
        steady = await open_loop(talkers, per_second=STEADY_PER_SECOND, seconds=STEADY_S)
        long = await WebTalker(url).open()
        try:
            return one, many, steady, *await _grow(long)
        finally:
            await long.close()
    finally:
        for talker in talkers:
            await talker.close()


async def _grow(talker: WebTalker | RestTalker) -> tuple[float, float]:
    """Median ms of `SAMPLE` turns from turn 10 on, and from turn `LONG_CHAT` on."""

    async def some(count: int) -> list[float]:
        took = []
        for _ in range(count):
            begun = time.perf_counter()
            await talker("惠才卡有效期几年")
            took.append((time.perf_counter() - begun) * 1000)
        return took

    await some(10)
    short = statistics.median(await some(SAMPLE))
    await some(LONG_CHAT - 10 - SAMPLE)
    return short, statistics.median(await some(SAMPLE))


def measure_stock(url: str, start: list[str], *, cwd: Path, env: dict[str, str]) -> Row:
    """Stock Rasa's own server on its REST channel; `start` must answer under `url`."""
    with (cwd / "server.log").open("wb") as log:
        began = time.monotonic()
        process = subprocess.Popen(start, cwd=cwd, env=env, stdout=log, stderr=log)
        try:
            wait_until(lambda: _answers(url), what="stock Rasa to start", timeout_s=300)
            ready = time.monotonic() - began
            one, many, steady, at_10, at_1000 = asyncio.run(_talk_stock(url))
            return Row(ready, memory_mb(process), one, many, steady, at_10, at_1000)
        finally:
            process.terminate()
            process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/webhooks/rest/", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


async def _talk_stock(url: str) -> tuple[Figures, Figures, Figures, float, float]:
    talkers = [RestTalker(url) for _ in range(USERS)]
    one = await closed_loop(talkers[:1], each=EACH)
    many = await closed_loop(talkers, each=EACH)
    steady = await open_loop(talkers, per_second=STOCK_PER_SECOND, seconds=STEADY_S)
    grown = await _grow(RestTalker(url))
    for talker in talkers:
        await talker.close()
    return one, many, steady, *grown
