"""Logs without a word of what people say.

Rasa and its libraries put message text, slots and events into their records, at any level.
So theirs are dropped altogether; the engine's own records name codes only.
"""

import logging
import sys
import warnings
from typing import Any, NoReturn

import structlog

OWN = "huicai"


def silence_libraries() -> None:
    """Call after importing rasa, which configures structlog on its own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(lambda record: record.name.split(".")[0] == OWN)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO)
    # Rasa formats its debug records before asking for the level; CRITICAL skips what can be.
    for name in ("rasa", "asyncio", "aiohttp", "dask"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[_drop],
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    warnings.simplefilter("ignore")


def _drop(*_: Any) -> NoReturn:
    raise structlog.DropEvent
