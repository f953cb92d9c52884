"""HTTP of the console: service items under /api/console/items."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field
from sqlalchemy import select

from bot.accounts.permissions import Staff, require
from bot.conversation.content import Strict
from bot.edge.request import runtime_of
from bot.runtime import Runtime
from bot.service import items
from bot.service.catalogue import catalogue
from bot.service.checking import InvalidItem, advice, differences, parse_item
from bot.service.item_models import ItemRow
from bot.service.rendering import tell_once
from bot.service.schemas import ServiceItem
from bot.service.seeds import read_record, write_record
from bot.talent.network_models import Department
from bot.talent.places import lexicon
from bot.talent.schemes import schemes

router = APIRouter(prefix="/api/console/items", tags=["console"])

Reader = Annotated[Staff, Depends(require("faq.read"))]
Editor = Annotated[Staff, Depends(require("item.edit"))]
Publisher = Annotated[Staff, Depends(require("item.publish"))]
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
MOST_FILE_CHARACTERS = 200_000


class ItemBody(Strict):
    item: dict[str, Any]  # validated by `parse_item`, whose messages name the fields in Chinese
    revision: Annotated[int, Field(ge=1)] | None = None


class Looked(Strict):
    """The revision of the draft somebody looked at before they decided."""

    revision: Annotated[int, Field(ge=1)]


class FileBody(Strict):
    text: Annotated[str, Field(min_length=1, max_length=MOST_FILE_CHARACTERS)]


@router.get("")
async def list_items(request: Request, staff: Reader) -> dict[str, Any]:
    rows = await items.list_items(runtime_of(request))
    return {"total": len(rows), "items": [_line(row) for row in rows]}


@router.get("/choices")
async def choices(request: Request, staff: Reader) -> dict[str, Any]:
    """What the editor offers to choose from."""
    rt = runtime_of(request)
    async with rt.db.read() as session:
        departments = await session.execute(
            select(Department.key, Department.name).order_by(Department.position, Department.key)
        )
        named = [{"value": key, "title": name} for key, name in departments.all()]
    rows = await items.list_items(rt)
    return {
        "departments": named,
        "schemes": [{"value": key, "title": scheme.name} for key, scheme in schemes().items()],
        "categories": sorted({row.draft["category"] for row in rows}),
        "regions": [{"value": code, "title": region.name} for code, region in lexicon().regions.items()],
    }


@router.get("/{key}")
async def read_item(key: Key, request: Request, staff: Reader) -> dict[str, Any]:
    return await _detail(runtime_of(request), key)


@router.post("", status_code=201)
async def create_item(body: ItemBody, request: Request, staff: Editor) -> dict[str, Any]:
    rt = runtime_of(request)
    await items.save_draft(rt, item=body.item, revision=None, staff_id=staff.id)
    return await _detail(rt, body.item["key"])


@router.put("/{key}")
async def save_item(key: Key, body: ItemBody, request: Request, staff: Editor) -> dict[str, Any]:
    rt = runtime_of(request)
    if body.revision is None:
        raise items.changed_meanwhile()
    await items.save_draft(rt, item=body.item | {"key": key}, revision=body.revision, staff_id=staff.id)
    return await _detail(rt, key)


@router.post("/check")
async def check_item(body: ItemBody, request: Request, staff: Reader) -> dict[str, Any]:
    """What is wrong with an item as it stands in the editor, and the card talents would get."""
    rt = runtime_of(request)
    try:
        item = parse_item(body.item)
    except InvalidItem as problem:
        return {"fields": problem.fields, "advice": [], "card": None}
    return {"fields": {}, "advice": await _advice(rt, item), "card": _card(rt, item)}


@router.post("/import")
async def import_item(body: FileBody, request: Request, staff: Editor) -> dict[str, Any]:
    """A file as an item in the editor; nothing is stored before it is saved there."""
    return {"item": read_record(body.text)}


@router.post("/{key}/publish")
async def publish_item(key: Key, body: Looked, request: Request, staff: Publisher) -> dict[str, Any]:
    rt = runtime_of(request)
    number = await items.publish(rt, key=key, revision=body.revision, staff_id=staff.id)
    return {"version": number, **await _detail(rt, key)}


@router.post("/{key}/withdraw")
async def withdraw_item(key: Key, body: Looked, request: Request, staff: Publisher) -> dict[str, Any]:
    rt = runtime_of(request)
    await items.withdraw(rt, key=key, revision=body.revision, staff_id=staff.id)
    return await _detail(rt, key)


@router.get("/{key}/versions/{version}")
async def read_version(
    key: Key, version: Annotated[int, Path(ge=1, le=1_000_000)], request: Request, staff: Reader
) -> dict[str, Any]:
    """A published version, and what the draft changes in it."""
    rt = runtime_of(request)
    content = await items.read_version(rt, key=key, version=version)
    draft = (await items.read_item(rt, key=key)).row.draft
    return {"item": content, "changes": [list(change) for change in differences(content, draft)]}


@router.get("/{key}/export.yml")
async def export_item(key: Key, request: Request, staff: Reader) -> Response:
    row = (await items.read_item(runtime_of(request), key=key)).row
    return Response(
        write_record(row.draft),
        media_type="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{row.key}.yml"'},
    )


async def _detail(rt: Runtime, key: str) -> dict[str, Any]:
    found = await items.read_item(rt, key=key)
    row = found.row
    item = ServiceItem.model_validate(row.draft)
    return {
        "item": row.draft,
        "status": items.status_of(row),
        "revision": row.revision,
        "published_version": row.published_version,
        "updated_at": row.updated_at,
        "history": [
            {"version": one.version, "at": one.at, "staff_name": one.staff_name} for one in found.history
        ],
        "advice": await _advice(rt, item),
        "card": _card(rt, item),
    }


async def _advice(rt: Runtime, item: ServiceItem) -> list[str]:
    async with rt.db.read() as session:
        known = set(await session.scalars(select(Department.key)))
    return advice(item, departments=known)


def _card(rt: Runtime, item: ServiceItem) -> dict[str, Any]:
    return tell_once(item=item, texts=catalogue(rt).texts).model_dump(mode="json")


def _line(row: ItemRow) -> dict[str, Any]:
    draft = row.draft
    return {
        **{name: draft[name] for name in ("key", "name", "category", "place", "year", "region")},
        "status": items.status_of(row),
        "version": row.published_version,
        "phrasings": len(draft["phrasings"]),
        "updated_at": row.updated_at,
    }
