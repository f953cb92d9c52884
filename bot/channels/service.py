"""What others ask of the outside channels: whether they work."""

from typing import Any

from bot.channels.wechat.api_client import ApiError, WeChatApi
from bot.runtime import Runtime


async def check(rt: Runtime) -> dict[str, Any]:
    """State of WeChat: `ok`, and while not, WeChat's error code to look up.

    Asks WeChat only while there is no valid access token.
    """
    api: WeChatApi | None = rt.parts.get("wechat")
    if api is None:
        return {"enabled": False, "ok": True}
    if code := api.circuit_code:
        return {"enabled": True, "ok": False, "error": str(code)}
    try:
        await api.check_token()
    except ApiError as error:
        return {"enabled": True, "ok": False, "error": str(error.code or error.problem)}
    return {"enabled": True, "ok": True}
