"""The things every service function needs, built once by the app and passed in."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.settings import Secrets, Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class Runtime:
    """`parts` holds long-lived objects a domain folder owns (e.g. the search index), by name."""

    settings: Settings
    secrets: Secrets
    db: Database
    hints: Hints
    clock: Clock = field(default_factory=SystemClock)
    parts: dict[str, Any] = field(default_factory=dict)


def build_runtime(settings: Settings) -> Runtime:
    return Runtime(settings, load_secrets(settings.home), Database(settings.sqlalchemy_url), Hints())


# Custom actions are called by rasa-sdk with a tracker only; the route that runs them sets this.
current_runtime: ContextVar[Runtime] = ContextVar("current_runtime")
