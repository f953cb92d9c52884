"""The desk's background work; its routes are in `api`."""

from bot.desk.router import start, stop

__all__ = ["start", "stop"]
