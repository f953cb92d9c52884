"""The child process that reads and cleans a file: the file on stdin, its draft on stdout."""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from bot.knowledge.documents.extract import Unreadable, extract
from bot.knowledge.documents.reading import draft_of

_CPU_LIMIT_S = 45
_MEMORY_LIMIT_BYTES = 1536 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_LIMIT_S, _CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT_BYTES, _MEMORY_LIMIT_BYTES))
    answer: dict[str, Any]
    try:
        answer = {"draft": asdict(draft_of(extract(sys.stdin.buffer.read())))}
    except Unreadable as problem:
        answer = {"refused": problem.code}
    except MemoryError:
        answer = {"refused": "too_complex"}
    except Exception:  # the libraries raise anything on a broken file
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
