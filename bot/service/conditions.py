"""When something is asked or holds: answers that must have been given. Pure."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

# Key of a question or choice field → option values, one of which must have been given.
Condition = Annotated[
    dict[str, Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Field(max_length=60)]],
    Field(max_length=6),
]


def applies(condition: Condition, values: Mapping[str, str]) -> bool:
    return all(values.get(key) in wanted for key, wanted in condition.items())
