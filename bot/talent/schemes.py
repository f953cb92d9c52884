"""The tier schemes of data/talent/schemes.yml."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict

from bot.settings import PROJECT

_FILE = PROJECT / "data" / "talent" / "schemes.yml"


class Scheme(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    region: str
    tiers: tuple[str, ...]
    years: int | None = None  # how long a tier holds; None: no document says
    source: str


@cache
def schemes() -> Mapping[str, Scheme]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["schemes"]
    return MappingProxyType({row["key"]: Scheme.model_validate(row) for row in rows})
