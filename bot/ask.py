"""`huicai ask`: one question against the knowledge here, or conversations on a running server."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.conversation.content import Content
from bot.errors import Refusal
from bot.knowledge import service as knowledge
from bot.runtime import Runtime

TURN_TIMEOUT_S = 60.0
console = Console()
progress_console = Console(stderr=True)


async def ask_here(rt: Runtime, *, question: str, region: str | None, as_json: bool) -> None:
    """Search and answer in this process, with the scores behind the answer. No engine needed."""
    await knowledge.start(rt)
    try:
        reply = await knowledge.answer(rt, question=question, region=region, channel="web")
    finally:
        await knowledge.stop(rt)
    content = reply.content or Content()
    log = reply.log.model_dump(mode="json") if reply.log else {}
    result = {
        "question": question,
        "text": content.plain_text(),
        "buttons": [{"title": button.title} for button in content.buttons],
        "band": log.get("band"),
        "sources": [_source(source.model_dump()) for source in content.sources],
        "log": log,
    }
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    _show(result)
    if log.get("probability") is not None:
        console.print(f"把握：{log['probability']:.0%}", highlight=False)
    for row in log.get("scores", ()):
        console.print("  " + "  ".join(f"{key}={value}" for key, value in row.items()), highlight=False)


async def ask_server(*, url: str, question: str, region: str | None, as_json: bool) -> None:
    try:
        async with _client(url) as client:
            turns = await _converse(client, say=[question], region=region)
    except (httpx.HTTPError, TimeoutError) as error:
        raise _no_answer(type(error).__name__) from None
    result = turns[0]
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    _show(
        {
            "text": "\n\n".join(message["text"] for message in result["messages"]),
            "buttons": [button for message in result["messages"] for button in message["buttons"]],
            "band": result["band"],
            "sources": result["sources"],
        }
    )


def ask_file(*, url: str, file: Path, out: Path, parallel: int) -> int:
    """Run every line of `file` as a new conversation; returns how many could not be run.

    Results are written in the order of the file. A line that fails gets `{"id", "error"}`.
    """
    read = file.read_text(encoding="utf-8").splitlines()
    lines = [_parsed(number, line) for number, line in enumerate(read, 1) if line.strip()]
    results = asyncio.run(_ask_all(url=url, lines=lines, parallel=parallel))
    with out.open("w", encoding="utf-8") as written:
        written.writelines(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    return sum("error" in result for result in results)


def _parsed(number: int, line: str) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict) or "id" not in parsed or not isinstance(parsed.get("say"), list):
        raise Refusal("bad_line", f'第 {number} 行有误，应为 {{"id": "…", "say": ["…"]}}。', status=422)
    return parsed


def _no_answer(reason: str) -> Refusal:
    return Refusal("no_answer", f"服务没有应答（{reason}），请确认地址正确、服务已启动。", status=503)


async def _ask_all(*, url: str, lines: list[dict[str, Any]], parallel: int) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = [{} for _ in lines]
    places = asyncio.Semaphore(parallel)
    columns = (TextColumn("提问"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with _client(url) as client:
        with Progress(*columns, console=progress_console) as progress:
            task = progress.add_task("ask", total=len(lines))

            async def run(index: int) -> None:
                async with places:
                    line = lines[index]
                    try:
                        turns = await _converse(client, say=line["say"], region=line.get("region"))
                        results[index] = {"id": line["id"], "turns": turns}
                    except (httpx.HTTPError, KeyError, TimeoutError) as error:
                        results[index] = {"id": line.get("id"), "error": type(error).__name__}
                    progress.advance(task)

            await asyncio.gather(*(run(index) for index in range(len(lines))))
    return results


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url.rstrip("/"), timeout=TURN_TIMEOUT_S, trust_env=False)


async def _converse(client: httpx.AsyncClient, *, say: list[str], region: str | None) -> list[dict[str, Any]]:
    opened = await client.post("/api/web/session", json={"region": region} if region else {})
    token = opened.raise_for_status().json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return [await _turn(client, headers, text) for text in say]


async def _turn(client: httpx.AsyncClient, headers: dict[str, str], text: str) -> dict[str, Any]:
    """Send one message and wait until the service has said all it will say to it."""
    body = {"client_msg_id": str(uuid4()), "text": text}
    sent = await client.post("/api/web/messages", json=body, headers=headers)
    if sent.is_client_error and sent.status_code != httpx.codes.UNAUTHORIZED:
        error = sent.json()["error"]
        return _turn_result(text, [], "bot") | {"refused": error}
    after = sent.raise_for_status().json()["seq"]
    said: list[dict[str, Any]] = []
    async with asyncio.timeout(TURN_TIMEOUT_S):
        while True:
            answer = await client.get(
                "/api/web/events", params={"after": after, "mode": "poll"}, headers=headers
            )
            page = answer.raise_for_status().json()
            said += page["messages"]
            after = said[-1]["seq"] if said else after
            if not page["state"]["thinking"] and page["state"]["last_seq"] <= after:
                return _turn_result(text, said, page["state"]["control"])


def _turn_result(text: str, said: list[dict[str, Any]], control: str) -> dict[str, Any]:
    contents = [Content.model_validate(_with_payloads(message["content"])) for message in said]
    bands = [message["band"] for message in said if message["band"]]
    sources = [source for content in contents for source in content.sources]
    return {
        "say": text,
        "messages": [
            {"text": content.plain_text(), "buttons": [{"title": b.title} for b in content.buttons]}
            for content in contents
        ],
        "band": bands[-1] if bands else None,
        "sources": [_source(source.model_dump()) for source in sources],
        "control": control,
    }


def _with_payloads(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"buttons": [{"title": button["title"], "payload": ""} for button in content["buttons"]]}


def _source(source: dict[str, Any]) -> dict[str, Any]:
    return {key: source.get(key) for key in ("title", "number", "date")}


def _show(result: dict[str, Any]) -> None:
    console.print(result["text"], highlight=False, markup=False)
    for button in result["buttons"]:
        console.print(f"［{button['title']}］", highlight=False, markup=False)
    console.print(f"判定：{result['band']}", highlight=False)
    for source in result["sources"]:
        shown = "　".join(str(value) for value in source.values() if value)
        console.print(f"依据：{shown}", highlight=False, markup=False)
