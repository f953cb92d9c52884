"""/api/web: the talents' chat over HTTP. See "Web chat HTTP" in docs/architecture.md."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from bot.accounts import service as accounts
from bot.channels.limits import limits_of
from bot.channels.web import person_routes
from bot.channels.web.schemas import (
    AskMenu,
    ChooseRegion,
    GiveFeedback,
    OpenSession,
    SendMessage,
    Way,
    receipt_of,
)
from bot.channels.web.visitor import (
    ACCOUNT,
    CurrentVisitor,
    Visitor,
    issue_token,
    new_subject,
    read_token,
)
from bot.conversation import service as conversation
from bot.conversation.log import wire_time
from bot.edge.request import runtime_of
from bot.edge.sse import REREAD_S, SOON_S, event_stream, follow, frame
from bot.errors import Refusal
from bot.knowledge import service as knowledge
from bot.runtime import Runtime
from bot.service.catalogue import catalogue

router = APIRouter(prefix="/api/web", tags=["web chat"])
router.include_router(person_routes.router)

POLL_S = 25.0
HISTORY_LIMIT = 100
Seq = Annotated[int, Query(ge=0)]
# Ways into the items of the first screen: their words and what they stand for.
_WAYS: dict[Way, tuple[str, str]] = {
    "items": ("menu_by_item", '/menu{"option": "items"}'),
    "departments": ("menu_by_department", '/menu{"option": "departments"}'),
    "progress": ("menu_progress", "/check_progress"),
}


@router.post("/session")
async def open_session(
    body: OpenSession, request: Request, authorization: Annotated[str, Header()] = ""
) -> dict[str, str]:
    """A new conversation, or with a valid token a longer life for the same one."""
    rt = runtime_of(request)
    visitor = read_token(rt, authorization.removeprefix("Bearer "))
    if visitor is None:
        limits_of(rt).check_session(request)
        subject = new_subject()
        conversation_id = await conversation.open_conversation(
            rt,
            channel=conversation.Channel.WEB,
            account=ACCOUNT,
            external_user=subject,
            region=body.region,
        )
        visitor = Visitor(subject, conversation_id)
    token, expires = issue_token(rt, visitor)
    return {
        "token": token,
        "conversation_id": visitor.conversation_id,
        "expires_at": wire_time(expires),
    }


@router.post("/messages")
async def send(body: SendMessage, request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    button = (body.button.message_id, body.button.index) if body.button else None
    return await _receive(request, visitor, key=str(body.client_msg_id), text=body.text or "", button=button)


@router.post("/ask-menu")
async def ask_menu(body: AskMenu, request: Request, visitor: CurrentVisitor) -> dict[str, Any]:
    """A menu entry pressed: the server knows its words and what it stands for."""
    rt = runtime_of(request)
    if body.faq:
        title, payload = await knowledge.menu_entry(rt, key=body.faq)
    elif body.way:
        text, payload = _WAYS[body.way]
        title = catalogue(rt).texts.say(text)
    else:
        title, payload = _item_entry(rt, key=body.item or "")
    return await _receive(request, visitor, key=str(body.client_msg_id), text=title, payload=payload)


async def _receive(
    request: Request,
    visitor: Visitor,
    *,
    key: str,
    text: str,
    button: tuple[str, int] | None = None,
    payload: str | None = None,
) -> dict[str, Any]:
    rt = runtime_of(request)
    limits_of(rt).check_message(request, visitor.subject)
    received = await conversation.receive(
        rt,
        channel=conversation.Channel.WEB,
        account=ACCOUNT,
        external_user=visitor.subject,
        external_key=key,
        text=text,
        button=button,
        payload=payload,
    )
    return receipt_of(received)


@router.post("/feedback", status_code=204)
async def feedback(body: GiveFeedback, request: Request, visitor: CurrentVisitor) -> Response:
    await conversation.give_feedback(
        runtime_of(request),
        conversation_id=visitor.conversation_id,
        message_id=body.message_id,
        helpful=body.helpful,
    )
    return Response(status_code=204)


@router.put("/region", status_code=204)
async def choose_region(body: ChooseRegion, request: Request, visitor: CurrentVisitor) -> Response:
    rt = runtime_of(request)
    if body.region and not knowledge.knows_region(rt, body.region):
        raise Refusal("unknown_region", "没有找到这个地区，请重新选择。", status=422)
    await conversation.set_region(rt, conversation_id=visitor.conversation_id, region=body.region)
    return Response(status_code=204)


@router.get("/menu")
async def menu(request: Request, region: str | None = None) -> dict[str, Any]:
    rt = runtime_of(request)
    entries = await knowledge.menu(rt, region=region)
    offered = catalogue(rt)
    items = [
        {"key": item.key, "name": item.name, "category": item.category, "department": item.lead_dept}
        for item in offered.near(region)
    ]
    ways = [{"way": way, "title": offered.texts.say(text)} for way, (text, _) in _WAYS.items()]
    return {**entries, "items": items, "ways": ways}


def _item_entry(rt: Runtime, *, key: str) -> tuple[str, str]:
    item = catalogue(rt).item(key)
    if item is None:
        raise Refusal("no_such_item", "没有找到这个事项，请刷新菜单后重试。", status=404)
    return f"我要办：{item.name}", f'/start_application{{"item": "{key}"}}'


@router.get("/history")
async def history(
    request: Request,
    visitor: CurrentVisitor,
    before: Annotated[int, Query(ge=1)],
    limit: Annotated[int, Query(ge=1, le=HISTORY_LIMIT)] = 50,
) -> dict[str, Any]:
    rt = runtime_of(request)
    messages = await conversation.log_before(
        rt, conversation_id=visitor.conversation_id, seq=before, internal=False, limit=limit
    )
    return {"messages": messages, "state": await _state(rt, visitor)}


async def _place(request: Request, visitor: CurrentVisitor, mode: str = "stream") -> AsyncIterator[None]:
    """A stream counts until its request is over, even one whose reader left before the first word."""
    if mode == "poll":
        yield
        return
    limits = limits_of(runtime_of(request))
    limits.open_stream(visitor.subject)
    try:
        yield
    finally:
        limits.close_stream(visitor.subject)


@router.get("/events", response_model=None, dependencies=[Depends(_place)])
async def events(
    request: Request, visitor: CurrentVisitor, after: Seq = 0, mode: str = "stream"
) -> StreamingResponse | dict[str, Any]:
    """SSE of messages and states after a seq, or one long poll of the same."""
    rt = runtime_of(request)
    if mode == "poll":
        return await _poll(rt, visitor, after)
    return event_stream(_stream(rt, visitor, after))


def _stream(rt: Runtime, visitor: Visitor, after: int) -> AsyncIterator[str]:
    position = after
    shown: dict[str, Any] | None = None

    async def read() -> list[str]:
        nonlocal position, shown
        state, messages = await _updates(rt, visitor, position)
        frames: list[str] = []
        while messages:  # more than one reading after a long absence
            frames += [frame("message", message, id=message["seq"]) for message in messages]
            position = messages[-1]["seq"]
            state, messages = await _updates(rt, visitor, position)
        if state != shown:
            frames.append(frame("state", state))
            shown = state
        return frames

    async def allowed() -> bool:
        return True  # the token was checked; streams rotate long before it ends

    def reread_s() -> float:
        waits = shown is not None and shown["position"] is not None
        return SOON_S if waits else REREAD_S

    topics = [f"conversation:{visitor.conversation_id}"]
    return follow(rt, topics=topics, read=read, allowed=allowed, reread_s=reread_s)


async def _poll(rt: Runtime, visitor: Visitor, after: int) -> dict[str, Any]:
    deadline = rt.clock.now().timestamp() + POLL_S
    first: dict[str, Any] | None = None
    with rt.hints.subscribe(f"conversation:{visitor.conversation_id}") as hints:
        while True:
            state, messages = await _updates(rt, visitor, after)
            first = first or state
            left = deadline - rt.clock.now().timestamp()
            if messages or state != first or left <= 0:
                return {"messages": messages, "state": state}
            await hints.wait(min(left, 3.0))


async def _state(rt: Runtime, visitor: Visitor) -> dict[str, Any]:
    return await _named(rt, await conversation.state_for(rt, conversation_id=visitor.conversation_id))


async def _updates(
    rt: Runtime, visitor: Visitor, after: int
) -> tuple[dict[str, Any], list[conversation.MessageView]]:
    state, messages = await conversation.updates(
        rt, conversation_id=visitor.conversation_id, after=after, internal=False
    )
    return await _named(rt, state), messages


async def _named(rt: Runtime, state: dict[str, Any]) -> dict[str, Any]:
    staff_id = state.pop("staff_id")
    return state | {"staff_name": await accounts.staff_name(rt, staff_id=staff_id) if staff_id else None}
