"""「用登记的资料」: what the record of a proven person already tells, as tokens of their chat."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.log import access_conversation
from bot.conversation.masking import Secret, fresh_token
from bot.conversation.models import Conversation
from bot.runtime import Runtime
from bot.service.answers import TOKEN_OF
from bot.service.schemas import FieldKind, FormField, ServiceItem
from bot.service.steps import Draft, find, order
from bot.talent.models import Talent
from bot.talent.network_models import Employer
from bot.text import personal

# A form may ask for somebody else's name as well, who is no part of the record.
_SOMEBODY_ELSE = ("child", "spouse", "family", "parent", "contact", "partner")


async def registered(rt: Runtime, *, conversation_id: str) -> dict[str, str]:
    """Kind of personal data → token; empty while nobody is proven in the chat."""
    async with rt.db.read() as session:
        talent_id = await session.scalar(
            select(Conversation.talent_id).where(Conversation.id == conversation_id)
        )
        if talent_id is None:
            return {}
        values = await _values(session, rt, talent_id=talent_id)
        known = await vault.known_tokens(session, rt, conversation_id=conversation_id)
    if all(value in known for value in values):
        return {kind: known[kind, value] for kind, value in values}
    async with rt.db.write() as session:
        chat = await access_conversation(session, conversation_id=conversation_id, lock=True)
        if chat.talent_id != talent_id:
            return {}
        known = await vault.known_tokens(session, rt, conversation_id=conversation_id)
        fresh = []
        for named in values:
            if named not in known:
                known[named] = fresh_token(named[0], known)
                fresh.append(Secret(known[named], *named))
        vault.keep(session, rt, conversation_id=conversation_id, secrets=fresh)
    return {kind: known[kind, value] for kind, value in values}


def prefilled(*, item: ServiceItem, draft: Draft, tokens: dict[str, str]) -> dict[str, str]:
    """The open fields the record can answer: those about the applicant, by key. Pure."""
    found: dict[str, str] = {}
    kinds: set[FieldKind] = set()
    for key in order(item=item, values=draft["values"]):
        step = find(item, key)
        if not isinstance(step, FormField) or not step.personal or step.kind in kinds:
            continue
        kinds.add(step.kind)  # only the first of a kind is the applicant's own
        token = next((tokens[TOKEN_OF[k]] for k in (step.kind, *step.also) if TOKEN_OF[k] in tokens), None)
        if token and key not in draft["values"] and not key.startswith(_SOMEBODY_ELSE):
            found[key] = token
    return found


async def _values(session: AsyncSession, rt: Runtime, *, talent_id: str) -> list[tuple[str, str]]:
    talent = await session.get(Talent, talent_id)
    if talent is None:
        return []
    paper = personal.PASSPORT if talent.id_kind == "护照" else personal.ID_NUMBER
    values = [(personal.NAME, talent.name), (paper, vault.open_sealed(rt, talent.id_sealed))]
    if talent.phone_sealed:
        values.append((personal.MOBILE, vault.open_sealed(rt, talent.phone_sealed)))
    employer = await session.get(Employer, talent.employer_id) if talent.employer_id else None
    if employer:
        values.append((personal.EMPLOYER, employer.name))
    return values
