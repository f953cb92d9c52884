"""Which specialist a talent gets. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.desk.chat_specialist import Candidate
from bot.desk.models import Kind
from bot.desk.routing import FOREIGN, LEVELS, level_of, region_chain

# Whose daily work a talent's affairs are, the most fitting first; a preference, nobody is shut out.
_KINDS = (Kind.WINDOW, Kind.PROVIDER, Kind.DEPARTMENT, Kind.EMPLOYER)
HOME = "中国"


@dataclass(frozen=True)
class Need:
    """What of a talent decides who fits."""

    region: str
    nationality: str
    topics: frozenset[str]  # industry, fields, tiers: matched with a specialist's skills


def choose_specialist(need: Need, people: Iterable[Candidate], load: Mapping[str, int]) -> Candidate | None:
    """Of those who answer for the talent's place: skills, nearness, level, kind, fewest talents.

    `load` is how many talents each has. None when nobody answers for the place.
    """
    chain = region_chain(need.region)
    wanted = need.topics | ({FOREIGN} if need.nationality != HOME else set())

    def order(one: Candidate) -> tuple[object, ...]:
        return (
            -len(wanted & one.skills),
            chain.index(one.region),
            LEVELS[level_of(need.region)].index(one.level),
            _KINDS.index(one.kind),
            load.get(one.staff_id, 0),
            one.staff_id,
        )

    return min((one for one in people if one.region in chain), key=order, default=None)
