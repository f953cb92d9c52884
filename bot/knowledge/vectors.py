"""Vectors of texts, each computed once and kept in a file by the text's hash.

A cache: whatever is missing or unreadable is computed again.
"""

import hashlib
import logging
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from bot.knowledge.encoder import SIZE, Encoder
from bot.knowledge.field import Floats

_BATCH = 16  # texts encoded at a time, so that other work gets its turn
_log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]  # done, of


class Vectors:
    """Not for several threads at once."""

    def __init__(self, encoder: Encoder, *, file: Path) -> None:
        self.encoder = encoder
        self._file = file
        self._rows = _read(file)
        self._changed = False

    @classmethod
    def kept_in(cls, folder: Path, *, encoder: Encoder) -> "Vectors":
        return cls(encoder, file=folder / f"vectors-{encoder.name}.npz")

    def missing(self, texts: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(text for text in texts if _digest(text) not in self._rows))

    def learn(self, texts: Sequence[str], *, progress: Progress = lambda done, of: None) -> None:
        """Compute what is missing of `texts`."""
        unknown = self.missing(texts)
        for start in range(0, len(unknown), _BATCH):
            batch = unknown[start : start + _BATCH]
            for text, row in zip(batch, self.encoder.encode(batch), strict=True):
                self._rows[_digest(text)] = row
            self._changed = True
            progress(min(start + _BATCH, len(unknown)), len(unknown))

    def of(self, texts: Sequence[str]) -> Floats:
        """One row a text; all of them must have been learned."""
        if not texts:
            return np.zeros((0, SIZE), dtype=np.float32)
        return np.stack([self._rows[_digest(text)] for text in texts])

    def save(self) -> None:
        """Replaces the file as a whole: a process that dies meanwhile leaves the old one."""
        if not self._changed:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        digests = np.array(sorted(self._rows), dtype="S16")
        table = np.stack([self._rows[bytes(digest)] for digest in digests]).astype(np.float16)
        with NamedTemporaryFile(dir=self._file.parent, suffix=".npz", delete=False) as new:
            np.savez(new, digests=digests, table=table)
        Path(new.name).replace(self._file)
        self._changed = False


def _digest(text: str) -> bytes:
    # Hexadecimal, because numpy drops trailing zero bytes.
    return hashlib.sha256(text.encode()).hexdigest()[:16].encode()


def _read(file: Path) -> dict[bytes, Floats]:
    try:
        with np.load(file) as stored:
            table = stored["table"].astype(np.float32)
            if table.shape[1:] != (SIZE,):
                raise ValueError(f"shape {table.shape}")
            return dict(zip(map(bytes, stored["digests"]), table, strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        _log.warning("sentence vectors are computed again: %s", type(error).__name__)
        return {}
