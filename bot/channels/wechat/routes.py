"""/channels/wechat: the address WeChat calls. Safe mode only; see docs/wechat.md."""

import asyncio
import logging
import secrets

from fastapi import APIRouter, BackgroundTasks, Request, Response

from bot.channels.claims import open_request
from bot.channels.wechat.api_client import ApiError, WeChatApi
from bot.channels.wechat.crypto import Envelope, Forged, check_signature, signature
from bot.channels.wechat.handling import Answer, handle
from bot.channels.wechat.inbound import Inbound, read
from bot.channels.wechat.xml import Malformed, parse_fields, sealed_reply, text_reply
from bot.edge.request import runtime_of
from bot.runtime import Runtime

log = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
ECHO_LIMIT = 256
ANSWER_WITHIN_S = 4.2  # WeChat hangs up after 5 s
STALE_AFTER_S = 600


def router(*, answer_within_s: float = ANSWER_WITHIN_S) -> APIRouter:
    """Mounted at /channels/wechat; answers 404 while the account is not configured."""
    routes = APIRouter(tags=["wechat"], include_in_schema=False)

    @routes.get("")
    async def verify(request: Request) -> Response:
        rt = runtime_of(request)
        if not rt.settings.wechat_enabled:
            return Response(status_code=404)
        query = request.query_params
        echo = query.get("echostr", "")
        try:
            check_signature(
                query.get("signature", ""),
                rt.settings.wechat_token or "",
                query.get("timestamp", ""),
                query.get("nonce", ""),
            )
        except Forged:
            return Response(status_code=403)
        if len(echo) > ECHO_LIMIT:
            return Response(status_code=400)
        return Response(echo, media_type="text/plain")

    @routes.post("")
    async def receive(request: Request, background: BackgroundTasks) -> Response:
        deadline = asyncio.get_running_loop().time() + answer_within_s
        rt = runtime_of(request)
        if not rt.settings.wechat_enabled:
            return Response(status_code=404)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            inbound = _open(rt, request, body)
        except Forged:
            return Response(status_code=403)
        except Malformed:
            return Response(status_code=400)
        try:
            with open_request(rt, external_user=inbound.openid):
                answer = await handle(rt, inbound=inbound, deadline=deadline)
        except Exception as error:
            # Anything but an answer makes WeChat tell people that the account is out of order.
            log.error("wechat_internal_error %s", type(error).__name__)
            answer = Answer()
        if answer.thinking:
            background.add_task(_show_typing, rt, inbound.openid)
        if answer.text is None:
            return Response("success", media_type="text/plain", background=background)
        return Response(
            _sealed(rt, inbound, answer.text), media_type="application/xml", background=background
        )

    return routes


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is over the limit."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return body


def _open(rt: Runtime, request: Request, body: bytes) -> Inbound:
    """Verified and decrypted, or `Forged` / `Malformed`."""
    query = request.query_params
    outer = parse_fields(body)
    sealed = outer.get("Encrypt", "")
    if not sealed or query.get("encrypt_type") != "aes":
        raise Forged  # plain mode is not accepted: anyone could write it
    timestamp = query.get("timestamp", "")
    check_signature(
        query.get("msg_signature", ""),
        rt.settings.wechat_token or "",
        timestamp,
        query.get("nonce", ""),
        sealed,
    )
    fields = parse_fields(_envelope(rt).open(sealed))
    if fields.get("ToUserName") != outer.get("ToUserName"):
        raise Forged
    # Known senders write milliseconds, so an odd time is noted and not refused.
    if not _is_fresh(timestamp, now=rt.clock.now().timestamp()):
        log.warning("wechat_stale_timestamp")
    return read(fields)


def _is_fresh(timestamp: str, *, now: float) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
        return False
    return abs(int(timestamp) - now) <= STALE_AFTER_S


def _envelope(rt: Runtime) -> Envelope:
    return Envelope(aes_key=rt.settings.wechat_aes_key or "", appid=rt.settings.wechat_appid or "")


def _sealed(rt: Runtime, inbound: Inbound, text: str) -> str:
    now = int(rt.clock.now().timestamp())
    plain = text_reply(to_user=inbound.openid, from_user=inbound.account, created=now, text=text).encode()
    sealed, nonce = _envelope(rt).seal(plain), secrets.token_hex(8)
    signed = signature(rt.settings.wechat_token or "", str(now), nonce, sealed)
    return sealed_reply(sealed=sealed, signature=signed, timestamp=str(now), nonce=nonce)


async def _show_typing(rt: Runtime, openid: str) -> None:
    api: WeChatApi | None = rt.parts.get("wechat")
    if api is None:
        return
    try:
        await api.show_typing(openid=openid)
    except ApiError as error:
        log.info("wechat_typing %s", error)  # a courtesy only
