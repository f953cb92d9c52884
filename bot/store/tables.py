"""Imports every table, so that migrations and tests see the whole schema."""

from bot.accounts import models as accounts
from bot.channels import models as channels
from bot.conversation import handover_models as handovers
from bot.conversation import models as conversation
from bot.desk import models as desk
from bot.identity import models as identity
from bot.knowledge import models as knowledge
from bot.knowledge.documents import models as documents
from bot.notices import models as notices
from bot.service import item_models as items
from bot.service import models as service
from bot.store.base import Base
from bot.talent import demand_models as demands
from bot.talent import grassroots_models as grassroots
from bot.talent import models as talent
from bot.talent import network_models as network

metadata = Base.metadata

__all__ = [
    "accounts",
    "channels",
    "conversation",
    "demands",
    "desk",
    "documents",
    "grassroots",
    "handovers",
    "identity",
    "items",
    "knowledge",
    "metadata",
    "network",
    "notices",
    "service",
    "talent",
]
