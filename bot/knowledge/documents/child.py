"""The child process that opens a file: the file on stdin, its text on stdout."""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from bot.knowledge.documents.extract import Unreadable, extract

_CPU_LIMIT_S = 45
_MEMORY_LIMIT_BYTES = 1536 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_LIMIT_S, _CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT_BYTES, _MEMORY_LIMIT_BYTES))
    answer: dict[str, Any]
    try:
        found = extract(sys.stdin.buffer.read())
        answer = {"format": found.format, "text": found.text, "notes": [asdict(one) for one in found.notes]}
    except Unreadable as problem:
        answer = {"refused": problem.code}
    except MemoryError:
        answer = {"refused": "too_complex"}
    except Exception:  # the libraries raise anything on a broken file
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
