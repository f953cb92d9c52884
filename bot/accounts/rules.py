"""Pure decisions about names, passwords, attempts and the life of a session."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)  # how stale last_seen may be; saves a write per request

LOCK_OUT = timedelta(minutes=15)
FAILURES_PER_NAME = 5  # for one username from one address
FAILURES_PER_ADDRESS = 20

PASSWORD_MIN = 10
PASSWORD_MAX = 200
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed log-ins counted under one key."""

    failures: int
    last_at: datetime
    locked_until: datetime | None

    def locked(self, *, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def one_more(self, *, now: datetime, limit: int) -> "Attempts":
        """Count an attempt as failed before its outcome is known: parallel guesses count too."""
        forgotten = now - self.last_at >= LOCK_OUT or self.locked_until is not None
        failures = 1 if forgotten else self.failures + 1
        return Attempts(failures, now, now + LOCK_OUT if failures >= limit else None)

    def one_less(self, *, limit: int) -> "Attempts":
        """Take back an attempt that turned out to be right."""
        failures = max(0, self.failures - 1)
        return Attempts(failures, self.last_at, self.locked_until if failures >= limit else None)


def plain_username(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().lower()


def valid_username(username: str) -> bool:
    return _USERNAME.fullmatch(username) is not None


def password_fault(*, username: str, password: str) -> str | None:
    """Why a new password is refused, as a Chinese sentence, or None."""
    if len(password) < PASSWORD_MIN:
        return f"新密码至少需要 {PASSWORD_MIN} 个字符，请换一个更长的密码。"
    if len(password) > PASSWORD_MAX:
        return f"新密码不能超过 {PASSWORD_MAX} 个字符。"
    if plain_username(password) == username:
        return "新密码不能与用户名相同，请换一个密码。"
    if len(set(password)) < 4:
        return "新密码过于简单，请混合使用不同的字符。"
    return None


def session_alive(*, last_seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    return now < expires_at and now - last_seen_at < SESSION_IDLE


def address_group(address: str) -> str:
    """One caller for lock-out: an IPv4 address, or the /64 an IPv6 caller may roam in."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
