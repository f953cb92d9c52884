"""Imports every table, so that migrations and tests see the whole schema."""

from bot.accounts import models as accounts
from bot.channels import models as channels
from bot.conversation import handover_models as handovers
from bot.conversation import models as conversation
from bot.desk import models as desk
from bot.knowledge import models as knowledge
from bot.knowledge.documents import models as documents
from bot.service import models as service
from bot.store.base import Base

metadata = Base.metadata

__all__ = [
    "accounts",
    "channels",
    "conversation",
    "desk",
    "documents",
    "handovers",
    "knowledge",
    "metadata",
    "service",
]
