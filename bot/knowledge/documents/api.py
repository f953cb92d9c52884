"""HTTP of the console: policy documents under /api/console/documents."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.accounts.permissions import Staff, require
from bot.edge.request import runtime_of
from bot.errors import Refusal
from bot.knowledge.documents import service
from bot.knowledge.documents.views import detail_view, line_view
from bot.knowledge.releases import By
from bot.runtime import Runtime
from bot.texts import sentence

router = APIRouter(prefix="/api/console/documents", tags=["console"])

Reader = Annotated[Staff, Depends(require("faq.read"))]
Editor = Annotated[Staff, Depends(require("faq.edit"))]
Publisher = Annotated[Staff, Depends(require("faq.publish"))]


class DraftBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: int
    facts: dict[str, Any]  # validated by `parse`, whose messages name the fields in Chinese
    paragraphs: dict[int, str] = {}  # only those corrected


class RevisionBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: int


class ForceBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    revision: int
    force: dict[str, Any]


@router.get("")
async def list_documents(
    request: Request,
    staff: Reader,
    query: Annotated[str, Field(max_length=100)] = "",
    status: Annotated[str, Field(max_length=20)] = "",
    page: Annotated[int, Field(ge=1, le=100_000)] = 1,
) -> dict[str, Any]:
    total, lines = await service.list_documents(runtime_of(request), query=query, status=status, page=page)
    return {"total": total, "documents": [line_view(line) for line in lines]}


@router.post("/import", status_code=201)
async def import_document(
    request: Request, staff: Editor, name: Annotated[str, Query(min_length=1, max_length=255)]
) -> dict[str, Any]:
    """The body is the file itself: no form to parse, and nothing is read before the guard has passed."""
    rt = runtime_of(request)
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > service.MOST_BYTES:
            limit = service.MOST_BYTES // 1024 // 1024
            raise Refusal("too_large", sentence("documents.too_large", limit=limit), status=413)
    imported = await service.import_file(rt, name=name, data=bytes(data), by=_by(staff))
    return {"known": imported.known, **await _detail(rt, imported.document_id)}


@router.get("/{document_id}")
async def read_document(document_id: str, request: Request, staff: Reader) -> dict[str, Any]:
    return await _detail(runtime_of(request), document_id)


@router.put("/{document_id}/draft")
async def save_draft(document_id: str, body: DraftBody, request: Request, staff: Editor) -> dict[str, Any]:
    rt = runtime_of(request)
    edit = {"facts": body.facts, "paragraphs": body.paragraphs}
    now_of = await service.save_draft(
        rt, document_id=document_id, edit=edit, revision=body.revision, by=_by(staff)
    )
    return await _detail(rt, now_of)


@router.post("/{document_id}/discard")
async def discard(document_id: str, body: RevisionBody, request: Request, staff: Editor) -> dict[str, Any]:
    kept = await service.discard(
        runtime_of(request), document_id=document_id, revision=body.revision, by=_by(staff)
    )
    return {"kept": kept}


@router.post("/{document_id}/publish")
async def publish(document_id: str, body: RevisionBody, request: Request, staff: Publisher) -> dict[str, Any]:
    rt = runtime_of(request)
    number = await service.publish(rt, document_id=document_id, revision=body.revision, by=_by(staff))
    return {"release": number, **await _detail(rt, document_id)}


@router.put("/{document_id}/force")
async def change_force(
    document_id: str, body: ForceBody, request: Request, staff: Publisher
) -> dict[str, Any]:
    rt = runtime_of(request)
    number = await service.change_force(
        rt, document_id=document_id, force=body.force, revision=body.revision, by=_by(staff)
    )
    return {"release": number, **await _detail(rt, document_id)}


async def _detail(rt: Runtime, document_id: str) -> dict[str, Any]:
    return detail_view(await service.read_document(rt, document_id=document_id))


def _by(staff: Staff) -> By:
    return By(staff.id, staff.name)
