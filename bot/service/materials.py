"""Materials that are handed in as files in the chat: each is a step of the guide. Pure.

The step of a material is `material:<key>`; its answer lists the ids of its files, or says that it comes
later, or is empty where somebody has nothing of the kind.
"""

import re

from bot.service.composing import MATERIAL
from bot.service.conditions import applies
from bot.service.schemas import Material, ServiceItem

LATER = "later"
MOST_FILES = 9  # of one material
FILE = "文件"  # what the guide waits for, in place of a kind of personal data
_ID = re.compile(r"[0-9a-f]{32}")


def step_key(material: Material) -> str:
    return MATERIAL + material.key


def uploads(*, item: ServiceItem, values: dict[str, str]) -> list[Material]:
    """The materials asked for in the chat, with these answers."""
    return [material for material in item.materials if material.upload and applies(material.only_if, values)]


def material_at(*, item: ServiceItem, step: str) -> Material | None:
    return next((m for m in item.materials if m.upload and step_key(m) == step), None)


def files_of(value: str | None) -> list[str]:
    """Ids of the files given for a material."""
    return _ID.findall(value or "")


def fits(material: Material, value: str) -> bool:
    if value == LATER:
        return True
    return bool(files_of(value)) if value else not material.required


def with_file(value: str | None, attachment_id: str) -> str | None:
    """The answer with one file more; None when there are enough. The same file counts once."""
    files = files_of(value)
    if attachment_id in files:
        return value
    return " ".join([*files, attachment_id]) if len(files) < MOST_FILES else None


def outstanding(*, item: ServiceItem, values: dict[str, str]) -> list[Material]:
    """What was left for later."""
    return [m for m in uploads(item=item, values=values) if values.get(step_key(m)) == LATER]


def elsewhere(*, item: ServiceItem, values: dict[str, str]) -> list[Material]:
    """Required, but not handed in here."""
    return [m for m in item.materials if m.required and not m.upload and applies(m.only_if, values)]
