"""The static texts: short, varied, and never a dead end where a way on is wanted."""

import re
from typing import Any

import pytest
import yaml

from tests.engine.engine_process import PROJECT, Chat, texts

DOMAIN: dict[str, Any] = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
HOTLINES = {"12345", "12333", "12356", "110", "120"}
LONGEST = 90
# After these somebody may well want a person.
WITH_A_PERSON = [
    "complaint",
    "frustration",
    "abuse",
    "distress",
    "crisis_stay",
    "fraud",
    "misconduct",
    "privacy",
    "snooping",
    "accessibility",
    "language",
    "urgent",
    "are_you_human",
    "capabilities",
]
# A yes to these calls the person: so they must ask.
ASKED = ["complaint", "frustration", "abuse", "distress", "fraud", "accessibility"]


@pytest.mark.parametrize("name", RESPONSES)
def test_three_to_five_short_variants(name: str) -> None:
    said = [variant["text"] for variant in RESPONSES[name]]
    assert 3 <= len(set(said)) == len(said) <= 5
    assert [text for text in said if len(text) > LONGEST] == []


@pytest.mark.parametrize("name", RESPONSES)
def test_no_figure_but_a_public_hotline(name: str) -> None:
    for variant in RESPONSES[name]:
        assert set(re.findall(r"\d+", variant["text"])) <= HOTLINES


@pytest.mark.parametrize("name", WITH_A_PERSON)
def test_a_person_is_one_press_away(name: str) -> None:
    for variant in RESPONSES[f"utter_{name}"]:
        payloads = [button["payload"] for button in variant["buttons"]]
        assert "/request_human" in payloads


@pytest.mark.parametrize("name", ASKED)
def test_what_a_yes_accepts_was_asked(name: str) -> None:
    assert all(re.search(r"要.*吗？", variant["text"]) for variant in RESPONSES[f"utter_{name}"])


def test_distress_and_a_declined_crisis_always_name_the_line_to_call() -> None:
    for name in ("utter_distress", "utter_crisis_stay"):
        assert all("12356" in variant["text"] for variant in RESPONSES[name])


def test_a_turn_said_again_is_the_same_and_the_next_one_differs(chat: Chat) -> None:
    request = chat.request("你好")
    first = chat.engine.post(request).json()
    assert chat.engine.post(request).json()["messages"] == first["messages"]
    assert texts(chat.say("你好")) == texts(first)
    assert texts(chat.say("你好")) != texts(first)
