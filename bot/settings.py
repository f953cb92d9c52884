"""One settings object, read from the environment, and the secrets kept under HUICAI_HOME."""

import json
import os
import secrets as random_source
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every knob of the app. Defaults are safe: loopback, WeChat off, SQLite."""

    model_config = SettingsConfigDict(env_prefix="HUICAI_", extra="ignore")

    # Absolute, because the programs it is passed on to start in other folders.
    home: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default=PROJECT / "var", description="data folder"
    )
    host: str = "127.0.0.1"
    port: int = 8000
    engine_port: int = 5005
    database_url: str | None = None
    public_url: str | None = Field(default=None, description="https address people use, no slash")
    embed_origins: str = Field(default="", description="comma-separated sites that may embed chat")
    trusted_proxies: str = Field(default="127.0.0.1", description="peers whose forwarded headers count")

    wechat_appid: str | None = None
    wechat_secret: str | None = None
    wechat_token: str | None = None
    wechat_aes_key: str | None = None
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_menu_links: bool = Field(
        default=False, description="choices as links too; undocumented by WeChat, try on the account first"
    )

    notice_outbox: Annotated[Path | None, BeforeValidator(lambda text: text or None)] = Field(
        default=None, description="folder that stands in for short messages"
    )
    sms_url: str | None = Field(default=None, description="https address of a gateway of short messages")
    sms_token: str | None = None

    engine_timeout_s: float = 15.0
    turn_workers: int = 4
    turn_lease_s: float = Field(default=30.0, description="longer than engine_timeout_s")

    @cached_property
    def sqlalchemy_url(self) -> str:
        """Async SQLAlchemy address; PostgreSQL addresses get the psycopg driver."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.home / 'huicai.db'}"
        scheme, rest = self.database_url.split("://", 1)
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        if scheme == "sqlite":
            return f"sqlite+aiosqlite://{rest}"
        return self.database_url

    @property
    def engine_url(self) -> str:
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def wechat_enabled(self) -> bool:
        return all((self.wechat_appid, self.wechat_secret, self.wechat_token, self.wechat_aes_key))


@dataclass(frozen=True)
class Secrets:
    """Generated once and kept in HUICAI_HOME/secrets.json (mode 0600)."""

    engine: str  # header of the engine's route
    actions: str  # header of /internal/actions
    visitor: str  # signs visitor tokens
    vault: str  # base64 of 32 bytes, encrypts the vault
    fingerprint: str  # keyed hashes of vault values


def load_secrets(home: Path) -> Secrets:
    """Read the secrets, or generate what is missing. Losing `vault` loses the vault's contents."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "secrets.json"
    stored: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    known = {f.name: stored.get(f.name) or random_source.token_urlsafe(32) for f in fields(Secrets)}
    result = Secrets(**known)
    if asdict(result) != stored:
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(result), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return result
