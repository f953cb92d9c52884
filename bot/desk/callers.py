"""Who calls the desk's routes, and the parts of their paths."""

from typing import Annotated

from fastapi import Depends, Path

from bot.accounts.permissions import Permission, Staff, require
from bot.edge.request import Rt as Rt

ID = r"^[0-9a-f]{32}$"
ChatId = Annotated[str, Path(pattern=ID)]
RowId = Annotated[str, Path(pattern=ID)]

Reader = Annotated[Staff, Depends(require(Permission.DESK_WATCH))]
Specialist = Annotated[Staff, Depends(require(Permission.DESK_CHAT))]
Lead = Annotated[Staff, Depends(require(Permission.DESK_LEAD))]
Unmasker = Annotated[Staff, Depends(require(Permission.DESK_UNMASK))]
Exporter = Annotated[Staff, Depends(require(Permission.DESK_EXPORT))]
