"""Background work of the outside channels, and their part of /readyz."""

import asyncio
from typing import Any

from bot.channels.deliveries import run_deliveries
from bot.channels.wechat.api_client import ApiError, WeChatApi
from bot.runtime import Runtime


async def start(rt: Runtime) -> None:
    """Start the outbox where WeChat is configured; `rt.parts["wechat"]` is its API client."""
    settings = rt.settings
    if not settings.wechat_enabled:
        return
    api = WeChatApi(
        appid=settings.wechat_appid or "",
        secret=settings.wechat_secret or "",
        base_url=settings.wechat_api_base,
        clock=rt.clock,
    )
    rt.parts["wechat"] = api
    rt.parts["wechat_outbox"] = asyncio.create_task(run_deliveries(rt, api=api))


async def stop(rt: Runtime) -> None:
    outbox: asyncio.Task[None] | None = rt.parts.pop("wechat_outbox", None)
    if outbox is not None:
        outbox.cancel()
        await asyncio.gather(outbox, return_exceptions=True)
    api: WeChatApi | None = rt.parts.pop("wechat", None)
    if api is not None:
        await api.close()


async def check(rt: Runtime) -> dict[str, Any]:
    """State of WeChat for /readyz: `ok`, and while not, WeChat's error code to look up."""
    api: WeChatApi | None = rt.parts.get("wechat")
    if api is None:
        return {"enabled": False, "ok": True}
    outbox: asyncio.Task[None] = rt.parts["wechat_outbox"]
    if outbox.done():
        return {"enabled": True, "ok": False, "error": "outbox_stopped"}
    if code := api.circuit_code:
        return {"enabled": True, "ok": False, "error": str(code)}
    try:
        await api.check_token()
    except ApiError as error:
        return {"enabled": True, "ok": False, "error": str(error.code or error.problem)}
    return {"enabled": True, "ok": True}
