"""质检: the score sheet and the drawing of samples. Pure, apart from reading the sheet once."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import yaml

from bot.errors import Refusal
from bot.settings import PROJECT

_SHEET = PROJECT / "data" / "desk" / "quality.yml"


@dataclass(frozen=True)
class Criterion:
    key: str
    name: str
    points: int  # at most
    description: str


@cache
def criteria() -> tuple[Criterion, ...]:
    rows = yaml.safe_load(_SHEET.read_text(encoding="utf-8"))["criteria"]
    return tuple(Criterion(**row) for row in rows)


def most_points() -> int:
    return sum(criterion.points for criterion in criteria())


def check_scores(scores: Mapping[str, int]) -> int:
    """The total of a complete sheet."""
    sheet = {criterion.key: criterion for criterion in criteria()}
    if set(scores) != set(sheet):
        raise Refusal("incomplete_sheet", "请给每一项都打分后再提交。", status=422)
    for key, points in scores.items():
        if not 0 <= points <= sheet[key].points:
            name, most = sheet[key].name, sheet[key].points
            raise Refusal("invalid_score", f"“{name}”的得分须在 0 到 {most} 之间。", status=422)
    return sum(scores.values())


def draw(episodes: Iterable[tuple[str, str]], *, per_specialist: int, seed: str) -> list[str]:
    """Episodes as (id, staff id): so many of each specialist, the same ones for the same seed."""
    of: dict[str, list[str]] = defaultdict(list)
    for episode, staff_id in episodes:
        of[staff_id].append(episode)
    chosen: list[str] = []
    for staff_id in sorted(of):
        pool = sorted(of[staff_id])
        chance = random.Random(f"{seed}:{staff_id}")
        chosen += chance.sample(pool, min(per_specialist, len(pool)))
    return chosen
