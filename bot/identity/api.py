"""/api/web/identity and /api/web/me: what the sheet of the web chat and the one-time page call."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.edge.files import XLSX
from bot.edge.request import Rt
from bot.identity import export, rights, verify
from bot.identity.asker import CurrentAsker, CurrentOwner
from bot.identity.rules import CODE_LIFE
from bot.runtime import SHANGHAI

router = APIRouter(prefix="/api/web", tags=["identity"])

Pass = Annotated[str, StringConstraints(min_length=20, max_length=600)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Body(BaseModel):
    # Nothing of it may be quoted back in an error.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Start(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    id_last6: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
    consent: Literal[True]


class Code(Body):
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class WithPass(Body):
    # `pass` is a word of the language.
    pass_: Pass = Field(alias="pass")


class Export(WithPass):
    format: Literal["json", "xlsx"]


class Ask(Body):
    kind: Literal["更正", "删除"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@router.get("/identity")
async def standing(rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    return await rights.standing(rt, asker=asker)


@router.post("/identity/start", status_code=202)
async def start(body: Start, rt: Rt, asker: CurrentAsker) -> dict[str, Any]:
    await verify.start(rt, asker=asker, name=body.name, id_last6=body.id_last6)
    return _sent()


@router.post("/identity/confirm")
async def confirm(body: Code, rt: Rt, asker: CurrentAsker) -> dict[str, Any]:
    return await verify.confirm(rt, asker=asker, code=body.code)


@router.post("/me/code", status_code=202)
async def fresh_code(rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    await verify.start_again(rt, asker=asker)
    return _sent()


@router.post("/me/open")
async def open_again(body: Code, rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    return await verify.open_again(rt, asker=asker, code=body.code)


@router.post("/me/full")
async def full(body: WithPass, rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    sections = await rights.in_clear(rt, asker=asker, pass_=body.pass_)
    return {"sections": rights.as_wire(sections)}


@router.post("/me/export")
async def export_mine(body: Export, rt: Rt, asker: CurrentOwner) -> Response:
    sections = await rights.in_clear(rt, asker=asker, pass_=body.pass_)
    day = f"{rt.clock.now().astimezone(SHANGHAI):%Y%m%d}"
    if body.format == "json":
        data, kind = export.as_json(sections, at=rt.clock.now()), "application/json"
    else:
        data, kind = export.as_workbook(sections), XLSX
    name = quote(f"我的信息-{day}.{body.format}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
    return Response(data, media_type=kind, headers=headers)


@router.post("/me/requests", status_code=201)
async def ask(body: Ask, rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    await rights.ask(rt, asker=asker, kind=body.kind, text=body.text)
    return await rights.standing(rt, asker=asker)


@router.delete("/me/bindings/{binding_id}")
async def end_binding(binding_id: Id, rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    await rights.end_binding(rt, asker=asker, binding_id=binding_id)
    return await rights.standing(rt, asker=asker)


@router.post("/me/withdraw")
async def withdraw(rt: Rt, asker: CurrentOwner) -> dict[str, Any]:
    """Consent taken back."""
    await rights.withdraw(rt, asker=asker)
    return await rights.standing(rt, asker=asker)


def _sent() -> dict[str, Any]:
    return {"sent": True, "expires_in": int(CODE_LIFE.total_seconds())}
