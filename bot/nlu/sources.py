"""Where the components read the policy vocabulary when they are trained."""

import hashlib
from pathlib import Path

from bot.text.lexicon import Lexicon, load_lexicon

_PROJECT = Path(__file__).resolve().parents[2]


def read_lexicon(folder: str) -> Lexicon:
    return load_lexicon(_PROJECT / folder)


def lexicon_fingerprint(folder: str) -> str:
    """Changes with the files, so that Rasa trains again instead of reusing an old component."""
    digest = hashlib.sha256()
    for path in sorted((_PROJECT / folder).glob("*.yml")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
