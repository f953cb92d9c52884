"""How a short message leaves: a folder of files for a demonstration, or a gateway over HTTPS."""

import asyncio
import os
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from bot.runtime import SHANGHAI, Clock, Runtime
from bot.settings import Settings
from bot.text.personal import MOBILE, hint_of

PART = "notices"  # in rt.parts
TIMEOUT_S = 10.0
# The gateway said no, or was never reached: trying again cannot send twice.
_LATER = frozenset({429, 503})


class NotSent(Exception):
    """Certainly not sent. `code` names why and holds nothing personal."""

    def __init__(self, code: str, *, again: bool) -> None:
        super().__init__(code)
        self.code = code
        self.again = again  # a later attempt may succeed


class Unclear(Exception):
    """It may have been sent: the answer got lost on its way."""


class Port(Protocol):
    async def send(self, *, phone: str, text: str, key: str) -> None:
        """Raises NotSent or Unclear. `key` is the same at every attempt for one message."""

    async def close(self) -> None: ...


class FileOutbox:
    """Each message is a file; the phone in it is masked, its name is a time and an id."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    async def send(self, *, phone: str, text: str, key: str) -> None:
        try:
            await asyncio.to_thread(self._write, hint_of(MOBILE, phone), text, key)
        except OSError:
            raise NotSent("outbox_not_writable", again=True) from None

    def _write(self, phone: str, text: str, key: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        moment = self._clock.now().astimezone(SHANGHAI)
        target = self._folder / f"{moment:%Y%m%d-%H%M%S}-{key}.txt"
        fresh = target.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"时间：{moment:%Y-%m-%d %H:%M:%S}\n收件手机：{phone}\n\n{text}\n")
        fresh.replace(target)

    async def close(self) -> None:
        return None


class Gateway:
    """`POST {url}` with `{"id", "phone", "text"}` and a bearer token; any 2xx means it was taken."""

    def __init__(
        self, *, url: str, token: str | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._url = url
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, headers=headers, transport=transport)

    async def send(self, *, phone: str, text: str, key: str) -> None:
        try:
            answer = await self._client.post(self._url, json={"id": key, "phone": phone, "text": text})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise NotSent("no_connection", again=True) from None
        except httpx.HTTPError:
            raise Unclear from None
        if answer.is_success:
            return
        if answer.is_server_error and answer.status_code not in _LATER:
            raise Unclear
        raise NotSent(f"http_{answer.status_code}", again=answer.status_code in _LATER)

    async def close(self) -> None:
        await self._client.aclose()


def port_for(settings: Settings, *, clock: Clock) -> Port | None:
    """The provider that is set up; None: nothing can be sent, and identification is off."""
    if settings.sms_url:
        address = urlsplit(settings.sms_url)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("HUICAI_SMS_URL must be an https address")
        return Gateway(url=settings.sms_url, token=settings.sms_token)
    if settings.notice_outbox:
        return FileOutbox(settings.notice_outbox, clock=clock)
    return None


def can_send(rt: Runtime) -> bool:
    return rt.parts.get(PART) is not None


def reaches_people(rt: Runtime) -> bool:
    """Whether what is sent rings somewhere: numbers of sample talents are made up, and may be anybody's."""
    return isinstance(rt.parts.get(PART), Gateway)
