"""What other parts ask of the policy documents."""

from bot.knowledge.documents.force import Loaded, change_force, load
from bot.knowledge.documents.imports import MOST_BYTES, Imported, import_file
from bot.knowledge.documents.queries import find_document, list_documents, read_document
from bot.knowledge.documents.review import discard, publish, save_draft
from bot.knowledge.documents.schemas import Facts

__all__ = [
    "MOST_BYTES",
    "Facts",
    "Imported",
    "Loaded",
    "change_force",
    "discard",
    "find_document",
    "import_file",
    "list_documents",
    "load",
    "publish",
    "read_document",
    "save_draft",
]
