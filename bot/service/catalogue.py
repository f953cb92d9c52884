"""The service items as they are offered, and the sentences of the guide: loaded once, read everywhere."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.runtime import Runtime
from bot.service.schemas import ServiceFile, ServiceItem
from bot.service.texts import Texts, load_texts
from bot.settings import PROJECT


@dataclass(frozen=True)
class Catalogue:
    """Everything the guide needs that does not change while the app runs."""

    items: dict[str, ServiceItem]
    texts: Texts

    def item(self, key: object) -> ServiceItem | None:
        found = self.items.get(key) if isinstance(key, str) else None
        return found if found and found.active else None

    @property
    def offered(self) -> list[ServiceItem]:
        return [item for item in self.items.values() if item.active]


def load_catalogue(data: Path) -> Catalogue:
    items: dict[str, ServiceItem] = {}
    for path in sorted((data / "service").glob("*.yml")):
        for item in ServiceFile.model_validate(yaml.safe_load(path.read_text("utf-8"))).items:
            if item.key in items:
                raise ValueError(f"{path.name}: {item.key} is defined twice")
            items[item.key] = item
    return Catalogue(items, load_texts(data / "dialogue" / "texts.yml"))


async def start(rt: Runtime) -> None:
    rt.parts["service"] = load_catalogue(PROJECT / "data")


async def stop(rt: Runtime) -> None:
    rt.parts.pop("service", None)


def catalogue(rt: Runtime) -> Catalogue:
    found: Catalogue = rt.parts["service"]
    return found
