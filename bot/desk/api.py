"""HTTP of the desk under /api/desk: see "Desk HTTP" in docs/desk.md."""

from fastapi import APIRouter

from bot.desk import api_acts, api_chats, api_outcomes, api_tools, api_words

router = APIRouter(prefix="/api/desk", tags=["desk"])
for part in (api_chats, api_acts, api_outcomes, api_words, api_tools):
    router.include_router(part.router)
