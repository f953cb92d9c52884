"""What an answer rests on: the registered documents its sources cite, and what their fate does to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.knowledge.documents.rules import Record, Register, Standing, end_on, last_day, standing
from bot.texts import sentence

if TYPE_CHECKING:
    from bot.knowledge.schemas import Faq, FaqSource


@dataclass(frozen=True)
class Ground:
    record: Record
    clause: str | None


@dataclass(frozen=True)
class Grounds:
    """The FAQ's own dates are kept, because the effective ones are narrowed by its documents."""

    own_from: date | None
    own_until: date | None
    cited: tuple[Ground, ...]
    complete: bool  # every document cited by number is registered


def rest_on(faq: "Faq", register: Register) -> "Faq":
    """The FAQ with its effective validity: no longer, and no earlier, than the documents it cites."""
    before = faq.grounds
    own_from = before.own_from if before else faq.valid_from
    own_until = before.own_until if before else faq.valid_until
    cited = tuple(
        dict.fromkeys(
            Ground(record=record, clause=source.clause)
            for source in faq.sources
            for record in register.cited(number=source.number, title=source.title)
        )
    )
    if not cited and not before:
        return faq
    starts = [ground.record.effective_from for ground in cited]
    stops = [last_day(ground.record, clause=ground.clause) for ground in cited]
    first = max((day for day in (own_from, *starts) if day), default=None)
    last = min((day for day in (own_until, *stops) if day), default=None)
    narrowed = faq.model_copy(update={"valid_from": first, "valid_until": last})
    narrowed.put_grounds(
        Grounds(
            own_from=own_from, own_until=own_until, cited=cited, complete=_complete(faq.sources, register)
        )
    )
    return narrowed


def ended_basis(faq: "Faq", *, today: date) -> str | None:
    """The sentence that says which document ended and how, where one has."""
    for ground in faq.grounds.cited if faq.grounds else ():
        record = ground.record
        match standing(record, today=today, clause=ground.clause):
            case Standing.EXPIRED:
                until = record.effective_until.isoformat() if record.effective_until else ""
                return sentence("documents.basis_expired", name=record.name, until=until)
            case Standing.REPEALED | Standing.REPLACED:
                end = end_on(record, today=today, clause=ground.clause)
                assert end is not None
                clause = end.clause or ""
                if end.successor:
                    return sentence(
                        "documents.basis_replaced",
                        name=record.name + clause,
                        on=end.on.isoformat(),
                        successor=end.successor,
                    )
                return sentence("documents.basis_repealed", name=record.name + clause, on=end.on.isoformat())
    return None


def history_lead(faq: "Faq", *, today: date) -> list[str]:
    """Said before an answer that is no longer, or not yet, in force: it is shown as history only."""
    ended = ended_basis(faq, today=today)
    if ended or (faq.valid_until is not None and faq.valid_until < today):
        return [sentence("knowledge.not_valid"), *([f"{ended}。"] if ended else [])]
    if faq.valid_from is not None and faq.valid_from > today:
        return [sentence("knowledge.not_valid_yet", since=faq.valid_from.isoformat())]
    return []


def status_of(faq: "Faq", *, today: date) -> str:
    """In force or not on the day of the answer, by its own dates and those of what it rests on."""
    grounds = faq.grounds
    if ended := ended_basis(faq, today=today):
        return ended
    if faq.valid_until is not None and faq.valid_until < today:
        return sentence("knowledge.expired", until=faq.valid_until.isoformat())
    if faq.valid_from is not None and faq.valid_from > today:
        return sentence("knowledge.not_yet", since=faq.valid_from.isoformat())
    if faq.valid_until is not None:
        return sentence("knowledge.in_force_until", until=faq.valid_until.isoformat())
    if (grounds.own_from if grounds else faq.valid_from) is not None:
        return sentence("knowledge.in_force")
    if grounds and grounds.complete and _all_in_force(grounds.cited, today):
        return sentence("knowledge.in_force")
    return sentence("knowledge.open_ended")


def _all_in_force(cited: Sequence[Ground], today: date) -> bool:
    """One document of unknown standing is enough not to claim it."""
    return bool(cited) and all(
        standing(ground.record, today=today, clause=ground.clause) is Standing.IN_FORCE for ground in cited
    )


def _complete(sources: Sequence["FaqSource"], register: Register) -> bool:
    return all(
        register.cited(number=source.number, title=source.title) for source in sources if source.number
    )
