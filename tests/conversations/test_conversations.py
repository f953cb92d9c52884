"""Every conversation under tests/conversations/<behaviour>/, spoken to the running service.

One step is `say: text`, `press: button title`, `file: kind` (`refused: part of the words`) or `staff: deed`
(of a specialist at the desk, `with: {…}`), then what must be seen in the answer: `see` and `not_see` (parts
of text), `see_one` (one of several), `buttons` (titles), `control`. `{name}` in a text is something kept
before by `keep: {name: regular expression}`; `differs: name` must not be said again.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import ImageFilter

from bot.conversation.content import Content
from tests.conversation.test_guide_files import jpeg, paper, pdf
from tests.conversations.specialist import Specialist
from tests.live import LiveService, Talent

FOLDER = Path(__file__).parent
CASES = [
    pytest.param(case, id=f"{path.parent.name}/{path.stem}/{number}")
    for path in sorted(FOLDER.glob("*/*.yml"))
    for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), start=1)
]

FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "photo": lambda: ("证明.jpg", jpeg(paper())),
    "pdf": lambda: ("证明.pdf", pdf()),
    "blurred": lambda: ("证明.jpg", jpeg(paper().filter(ImageFilter.GaussianBlur(9)))),
    "program": lambda: ("证明.jpg", b"MZ" + bytes(2000)),
}


class Player:
    def __init__(self, talent: Talent, service: LiveService) -> None:
        self.talent = talent
        self.service = service
        self.specialist: Specialist | None = None
        self.last: list[dict[str, Any]] = []
        self.kept: dict[str, str] = {}

    def step(self, step: dict[str, Any]) -> None:
        if "press" in step:
            holder = next(m for m in reversed(self.last) if step["press"] in _titles([m]))
            self.talent.seq = max(self.talent.seq, self.talent.press(holder, step["press"])["seq"])
            self.last = self.talent.read()
        elif "staff" in step:
            self.specialist = self.specialist or Specialist(self.service)
            self.specialist.does(self.talent.conversation_id, step["staff"], step.get("with", {}))
            self.last = self.talent.read()
        elif "file" in step:
            answer = self.talent.send_file(*FILES[step["file"]]())
            if "refused" in step:
                assert step["refused"] in answer.json()["error"]["message"], (step, answer.text)
                return
            assert answer.status_code == 200, (step, answer.text)
            self.talent.seq = max(self.talent.seq, answer.json()["seq"])
            self.last = self.talent.read()
        else:
            self.last = self.talent.ask(step["say"].format(**self.kept))
        said = "\n".join(_text(message) for message in self.last)
        where = f"{step}\n--- was answered:\n{said}\n{_titles(self.last)}"
        for part in step.get("see", ()):
            assert part in said, where
        if "see_one" in step:
            assert any(part in said for part in step["see_one"]), where
        for part in step.get("not_see", ()):
            assert part not in said, where
        for title in step.get("buttons", ()):
            assert title in _titles(self.last), where
        for name, pattern in step.get("keep", {}).items():
            found = re.search(pattern, said)
            assert found, where
            self.kept[name] = found[0]
        if "differs" in step:
            assert self.kept[step["differs"]] not in said, where
        if "control" in step:
            assert self.talent.state()["control"] == step["control"], where


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    shown = {**content, "buttons": []}
    return Content.model_validate(shown).plain_text()


def _titles(messages: list[dict[str, Any]]) -> list[str]:
    return [button["title"] for message in messages for button in message["content"]["buttons"]]


@pytest.mark.parametrize("case", CASES)
def test_conversation(case: dict[str, Any], live: LiveService) -> None:
    player = Player(Talent(live, region=case.get("region")), live)
    for step in case["steps"]:
        player.step(step)


def test_there_are_conversations() -> None:
    assert len(CASES) >= 8
