"""HTTP of the console: FAQs under /api/console."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.accounts.permissions import Staff, require
from bot.edge.request import runtime_of
from bot.errors import Refusal
from bot.knowledge import drafts, service
from bot.knowledge.models import FaqRow, FaqStatus
from bot.runtime import Runtime
from bot.texts import sentence

router = APIRouter(prefix="/api/console", tags=["console"])

Reader = Annotated[Staff, Depends(require("faq.read"))]
Editor = Annotated[Staff, Depends(require("faq.edit"))]
Publisher = Annotated[Staff, Depends(require("faq.publish"))]


class FaqBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    faq: dict[str, Any]  # validated by `parse_faq`, whose messages name the fields in Chinese
    revision: int | None = None


class TryBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=2000)]
    region: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None


@router.get("/faqs")
async def list_faqs(
    request: Request,
    staff: Reader,
    query: Annotated[str, Field(max_length=100)] = "",
    category: str = "",
    status: FaqStatus | None = None,
    page: Annotated[int, Field(ge=1, le=100_000)] = 1,
) -> dict[str, Any]:
    found = await drafts.list_faqs(
        runtime_of(request), query=query, category=category or None, status=status, page=page
    )
    return {
        "total": found.total,
        "faqs": [_line(row) for row in found.rows],
        "categories": list(found.categories),
    }


@router.get("/faqs/{key}")
async def read_faq(key: str, request: Request, staff: Reader) -> dict[str, Any]:
    return await _detail(runtime_of(request), key)


@router.post("/faqs", status_code=201)
async def create_faq(body: FaqBody, request: Request, staff: Editor) -> dict[str, Any]:
    rt = runtime_of(request)
    await drafts.save_draft(rt, faq=body.faq, revision=None, staff_id=staff.id)
    return await _detail(rt, body.faq["key"])


@router.put("/faqs/{key}")
async def save_faq(key: str, body: FaqBody, request: Request, staff: Editor) -> dict[str, Any]:
    rt = runtime_of(request)
    if body.revision is None:
        raise Refusal("changed_meanwhile", sentence("knowledge.saved_meanwhile"), status=409)
    await drafts.save_draft(rt, faq={**body.faq, "key": key}, revision=body.revision, staff_id=staff.id)
    return await _detail(rt, key)


@router.post("/faqs/{key}/publish")
async def publish_faq(key: str, request: Request, staff: Publisher) -> dict[str, Any]:
    rt = runtime_of(request)
    number = await drafts.publish(rt, key=key, staff_id=staff.id, staff_name=staff.name)
    return {"release": number, **await _detail(rt, key)}


@router.post("/faqs/{key}/withdraw")
async def withdraw_faq(key: str, request: Request, staff: Publisher) -> dict[str, Any]:
    rt = runtime_of(request)
    number = await drafts.withdraw(rt, key=key, staff_id=staff.id, staff_name=staff.name)
    return {"release": number, **await _detail(rt, key)}


@router.post("/try")
async def try_question(body: TryBody, request: Request, staff: Reader) -> dict[str, Any]:
    """The same code as live answers, with what it saw on the way."""
    found, reply = await service.explain(runtime_of(request), question=body.question, region=body.region)
    return {
        "normalised": found.normalised,
        "band": found.band,
        "probability": found.probability,
        "candidates": [asdict(candidate) for candidate in found.candidates],
        "content": reply.content.model_dump(mode="json") if reply.content else None,
        "release": found.release,
    }


async def _detail(rt: Runtime, key: str) -> dict[str, Any]:
    found = await drafts.read_faq(rt, key=key)
    return {
        "faq": found.row.draft,
        "status": found.row.status,
        "revision": found.row.revision,
        "published_version": found.row.published_version,
        "history": [
            {
                "version": version.version,
                "at": version.created_at,
                "staff_name": version.staff_name,
                "state": version.state,
            }
            for version in found.history
        ],
        "warnings": list(found.warnings),
    }


def _line(row: FaqRow) -> dict[str, Any]:
    draft = row.draft
    return {
        **{name: draft[name] for name in ("key", "question", "category", "place", "year", "kind")},
        "status": row.status,
        "phrasings": len(draft["phrasings"]),
        "valid_until": draft["valid_until"],
        "updated_at": row.updated_at,
    }
