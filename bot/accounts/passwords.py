"""Password hashing, off the event loop."""

import asyncio
import functools
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each hash takes 64 MB and a core for a moment: two at a time leave room for the chats.
_HASHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
HASHER = PasswordHasher()
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_HASHING, HASHER.hash, password)


async def password_matches(*, password_hash: str | None, password: str) -> bool:
    """False for an unknown account (no hash) too, after the same work as for a known one."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_HASHING, _matches, password_hash, password)


def generate_password() -> str:
    """About 79 bits, easy to copy from a terminal: four groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _matches(password_hash: str | None, password: str) -> bool:
    decoy = _decoy(HASHER)
    try:
        HASHER.verify(password_hash or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@functools.cache
def _decoy(hasher: PasswordHasher) -> str:
    """What an unknown account's password is compared with: as costly as a real hash."""
    return hasher.hash(secrets.token_urlsafe(32))
