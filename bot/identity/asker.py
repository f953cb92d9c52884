"""Who calls: a visitor of the web chat by their token, or whoever opened a one-time page by its own."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from bot.accounts.rules import address_group
from bot.channels.web.visitor import read_token
from bot.edge.request import runtime_of
from bot.errors import Refusal
from bot.identity import pages
from bot.texts import sentence

_LOCAL = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Asker:
    conversation_id: str
    address: str | None = None  # None: from this machine itself
    page_id: str | None = None  # the one-time page they came by
    stranger: bool = False  # by a page nobody has proven themselves with: may start, is shown nothing


async def asker_of(request: Request, authorization: Annotated[str, Header()] = "") -> Asker:
    return await _asker(request, authorization, used_too=False)


async def owner_of(request: Request, authorization: Annotated[str, Header()] = "") -> Asker:
    """For one's own data: the page that proved somebody shows them for as long as their pass lasts."""
    return await _asker(request, authorization, used_too=True)


async def _asker(request: Request, authorization: str, *, used_too: bool) -> Asker:
    rt = runtime_of(request)
    host = request.client.host if request.client else "unknown"
    address = None if host in _LOCAL else address_group(host)
    scheme, _, token = authorization.partition(" ")
    if scheme == "Page":
        page = await pages.read(rt, token=token, used_too=used_too)
        if page is None:
            raise Refusal("page_over", sentence("identity.page_over"), status=410)
        return Asker(page.conversation_id, address, page.page_id, stranger=not page.used)
    visitor = read_token(rt, token) if scheme == "Bearer" else None
    if visitor is None:
        raise Refusal("session_expired", "会话已过期，请刷新页面重新开始。", status=401)
    return Asker(visitor.conversation_id, address)


CurrentAsker = Annotated[Asker, Depends(asker_of)]
CurrentOwner = Annotated[Asker, Depends(owner_of)]
