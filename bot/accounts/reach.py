"""How far a member of staff sees: whose chats."""

from enum import StrEnum


class Reach(StrEnum):
    OWN = "own"  # what one held or is offered, and the own team's waiting chats and tickets
    TEAM = "team"
    REGION = "region"  # the account's region code and all below
    ALL = "all"


WIDTH = {Reach.OWN: 0, Reach.TEAM: 1, Reach.REGION: 2, Reach.ALL: 3}
