"""补正 as a guide of its own: exactly what is asked for again, nothing else. Pure but for `supplement`."""

from bot.runtime import Runtime
from bot.service.case_following import Waiting, waiting_supplements
from bot.service.catalogue import catalogue
from bot.service.schemas import FieldKind, FormField, Material, Question, ServiceItem
from bot.service.steps import all_steps
from bot.texts import sentence

PREFIX = "supply-"  # of the key such a guide goes by
_LONGEST = 500


def is_supplement(key: object) -> bool:
    return isinstance(key, str) and key.startswith(PREFIX)


async def supplement(
    rt: Runtime, *, key: str, conversation_id: str, talent_id: str | None
) -> tuple[Waiting, ServiceItem] | None:
    """What waits under a key, if it is this chat's; None when nothing does any more."""
    waiting = await waiting_supplements(rt, conversation_id=conversation_id, talent_id=talent_id)
    found = next((one for one in waiting if PREFIX + one.part_id == key), None)
    if found is None:
        return None
    known = catalogue(rt)
    item = known.version(found.item, found.item_version) or known.items.get(found.item)
    return (found, as_item(waiting=found, item=item)) if item else None


def as_item(*, waiting: Waiting, item: ServiceItem) -> ServiceItem:
    """The round of asking is its version: a list asked for anew is another one."""
    steps = {step.key: step for step in all_steps(item)}
    materials = {material.key: material for material in item.materials}
    fields: list[FormField] = []
    files: list[Material] = []
    for lack in waiting.missing:
        if lack["kind"] == "material":
            named = {"name": lack["what"], "note": lack["why"], "required": True}
            asked = {"upload": True, "only_if": {}}
            files.append(materials[lack["key"]].model_copy(update=named | asked))
        else:
            fields.append(_field(lack, steps.get(lack["key"])))
    # Not built anew: an item may not be without fields, a list of missing things may.
    return item.model_copy(
        update={
            "key": PREFIX + waiting.part_id,
            "version": waiting.round,
            "name": sentence("supplement.name", item=item.name),
            "questions": [],
            "rules": [],
            "materials": files,
            "fields": fields,
        }
    )


def told(waiting: Waiting) -> list[str]:
    """Every missing thing with its reason."""
    return [sentence("supplement.line", what=one["what"], why=one["why"]) for one in waiting.missing]


def _field(lack: dict[str, str], step: Question | FormField | None) -> FormField:
    ask = sentence("supplement.ask", what=lack["what"], why=lack["why"])
    if isinstance(step, FormField):
        return step.model_copy(update={"ask": ask, "only_if": {}, "required": True})
    error = sentence("supplement.error", what=lack["what"])
    if isinstance(step, Question):
        return FormField(
            key=step.key, label=step.label, ask=ask, kind=FieldKind.CHOICE, options=step.options, error=error
        )
    return FormField(
        key=lack["key"],
        label=lack["what"][:60],
        ask=ask,
        kind=FieldKind.TEXT,
        max_length=_LONGEST,
        error=error,
    )
