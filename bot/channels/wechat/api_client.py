"""The few calls we make to WeChat. Access tokens travel in addresses: no address leaves this file."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from bot.runtime import Clock

TIMEOUT_S = 8.0
CONNECT_TIMEOUT_S = 3.0
EARLY = timedelta(minutes=5)  # WeChat keeps the old token valid this long after renewing it
CIRCUIT_OPEN = timedelta(minutes=5)

TOKEN_ERRORS = frozenset({40001, 40014, 42001})
# Wrong secret, address not on the allow-list, no permission: repeating cannot help, people must.
SETUP_ERRORS = frozenset({40013, 40125, 40164, 48001})

MEDIA_LIMIT_BYTES = 10 * 1024 * 1024

_NOBODY = "self-check"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TOKEN = re.compile(r"(access_token|secret)=[^&\s\"]+")


_Answer = TypeVar("_Answer")


class Problem(StrEnum):
    REFUSED = "refused"  # WeChat answered with an error code
    NOT_SENT = "not_sent"  # no connection: nothing was sent
    UNCLEAR = "unclear"  # sent, and no usable answer came back


class ApiError(Exception):
    """`code` is WeChat's errcode, or 0 when there is none. Carries no text of the exchange."""

    def __init__(self, problem: Problem, code: int = 0) -> None:
        super().__init__(f"{problem}:{code}" if code else str(problem))
        self.problem = problem
        self.code = code


class WeChatApi:
    """One per process: holds the access token and, after a set-up error, an open circuit."""

    def __init__(
        self,
        *,
        appid: str,
        secret: str,
        base_url: str,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        address = urlsplit(base_url)
        if address.scheme != "https" and address.hostname not in _LOOPBACK:
            raise ValueError("HUICAI_WECHAT_API_BASE must be an https address")
        logging.getLogger("httpx").addFilter(_hide_tokens)
        self._appid = appid
        self._secret = secret
        self._clock = clock
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,  # a redirect would carry the token elsewhere
            trust_env=False,
            transport=transport,
        )
        self._token: str | None = None
        self._token_until: datetime | None = None
        self._refreshing = asyncio.Lock()
        self._circuit_code = 0
        self._circuit_until: datetime | None = None

    async def close(self) -> None:
        await self._http.aclose()

    @property
    def circuit_code(self) -> int:
        """The set-up error that keeps us from calling, 0 if none."""
        if self._circuit_until is not None and self._clock.now() < self._circuit_until:
            return self._circuit_code
        return 0

    async def send_text(self, *, openid: str, text: str) -> None:
        await self._call(
            "/cgi-bin/message/custom/send",
            {"touser": openid, "msgtype": "text", "text": {"content": text}},
        )

    async def send_image(self, *, openid: str, data: bytes, name: str) -> None:
        """Uploads and sends; `name` tells WeChat the format (jpg, png, gif)."""
        try:
            answer = await self._with_token(lambda token: self._upload(token, data=data, name=name))
        except ApiError as error:
            # However unclear the upload ended, nothing has been sent.
            problem = Problem.NOT_SENT if error.problem == Problem.UNCLEAR else error.problem
            raise ApiError(problem, error.code) from None
        await self._call(
            "/cgi-bin/message/custom/send",
            {"touser": openid, "msgtype": "image", "image": {"media_id": answer.get("media_id", "")}},
        )

    async def fetch_media(self, *, media_id: str) -> bytes:
        """What a person sent; WeChat keeps it for three days."""
        return await self._with_token(lambda token: self._download(token, media_id=media_id))

    async def show_typing(self, *, openid: str) -> None:
        await self._call("/cgi-bin/message/custom/typing", {"touser": openid, "command": "Typing"})

    async def check_setup(self) -> None:
        """Raises `ApiError` when we may not send at all; a set-up error also opens the circuit.

        Typing to nobody sends nothing and costs no quota; the refusal tells what is wrong: the
        person, as it must be, or our permission.
        """
        try:
            await self.show_typing(openid=_NOBODY)
        except ApiError as error:
            if error.problem != Problem.REFUSED or error.code in SETUP_ERRORS | TOKEN_ERRORS:
                raise

    async def check_token(self) -> None:
        """Proves appid, secret and address allow-list; raises `ApiError` otherwise."""
        await self._token_now()

    async def _call(self, path: str, body: Mapping[str, Any]) -> None:
        await self._with_token(lambda token: self._post(path, body, token=token))

    async def _with_token(self, call: Callable[[str], Awaitable[_Answer]]) -> _Answer:
        if code := self.circuit_code:
            raise ApiError(Problem.REFUSED, code)
        token = await self._token_now()
        try:
            return await call(token)
        except ApiError as error:
            if error.code not in TOKEN_ERRORS:
                raise
            # Once only: a second refusal means something a new token does not cure.
            return await call(await self._token_now(spent=token))

    async def _token_now(self, *, spent: str | None = None) -> str:
        """A valid token; callers that find `spent` refused share one renewal."""
        async with self._refreshing:
            fresh = self._token_until is not None and self._clock.now() < self._token_until
            if self._token is not None and fresh and self._token != spent:
                return self._token
            request = {
                "grant_type": "client_credential",
                "appid": self._appid,
                "secret": self._secret,
                "force_refresh": False,  # forcing is limited to 20 a day, for leaks only
            }
            try:
                answer = await self._post("/cgi-bin/stable_token", request)
            except ApiError as error:
                # However unclear this call ended, the message itself has not been sent.
                problem = Problem.NOT_SENT if error.problem == Problem.UNCLEAR else error.problem
                raise ApiError(problem, error.code) from None
            token, lives = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(token, str) or not token or not isinstance(lives, int):
                raise ApiError(Problem.NOT_SENT)
            # A token in its last minutes is still used, but asked for again soon.
            life = max(timedelta(seconds=lives) - EARLY, timedelta(seconds=30))
            self._token, self._token_until = token, self._clock.now() + life
            return token

    async def _post(self, path: str, body: Mapping[str, Any], *, token: str | None = None) -> dict[str, Any]:
        # Escaped \uXXXX would be shown to people literally.
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        params = {"access_token": token} if token else None
        return await self._ask(
            self._http.build_request("POST", path, params=params, content=content, headers=headers)
        )

    async def _upload(self, token: str, *, data: bytes, name: str) -> dict[str, Any]:
        params = {"access_token": token, "type": "image"}
        files = {"media": (name, data)}
        return await self._ask(
            self._http.build_request("POST", "/cgi-bin/media/upload", params=params, files=files)
        )

    async def _download(self, token: str, *, media_id: str) -> bytes:
        params = {"access_token": token, "media_id": media_id}
        try:
            async with self._http.stream("GET", "/cgi-bin/media/get", params=params) as response:
                data = b""
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > MEDIA_LIMIT_BYTES:
                        raise ApiError(Problem.REFUSED)
        except httpx.HTTPError:
            raise ApiError(Problem.UNCLEAR) from None
        if response.status_code != 200:
            raise ApiError(Problem.UNCLEAR)
        if data.startswith(b"{"):  # no picture begins so: an error, or the address of a video
            self._judged(data)
            raise ApiError(Problem.REFUSED)
        return data

    async def _ask(self, request: httpx.Request) -> dict[str, Any]:
        try:
            response = await self._http.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise ApiError(Problem.NOT_SENT) from None
        except httpx.HTTPError:
            raise ApiError(Problem.UNCLEAR) from None
        if response.status_code != 200:
            raise ApiError(Problem.UNCLEAR)
        return self._judged(response.content)

    def _judged(self, content: bytes) -> dict[str, Any]:
        """An answer in JSON, or the `ApiError` it tells."""
        try:
            answer = json.loads(content)
        except ValueError:
            raise ApiError(Problem.UNCLEAR) from None
        if not isinstance(answer, dict):
            raise ApiError(Problem.UNCLEAR)
        code = answer.get("errcode", 0)
        if not isinstance(code, int):
            raise ApiError(Problem.UNCLEAR)
        if code in SETUP_ERRORS:
            self._circuit_code = code
            self._circuit_until = self._clock.now() + CIRCUIT_OPEN
        if code != 0:
            raise ApiError(Problem.REFUSED, code)
        return answer


def _hide_tokens(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if "access_token=" in message or "secret=" in message:
        record.msg, record.args = _TOKEN.sub(r"\1=…", message), ()
    return True
