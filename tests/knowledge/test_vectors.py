"""Sentence vectors: what they tell apart, and the file that keeps them."""

from pathlib import Path

import numpy as np
import pytest

from bot.knowledge import encoder as encoding
from bot.knowledge.encoder import MOST_CHARACTERS, SIZE, Encoder, encoder_here
from bot.knowledge.field import Floats
from bot.knowledge.vectors import Vectors


class Counting(Encoder):
    """Counts the texts encoded, and needs no model."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> Floats:  # type: ignore[override]
        self.asked += texts
        return np.array([[len(text), *[1.0] * (SIZE - 1)] for text in texts], dtype=np.float32)


@pytest.fixture(scope="module")
def real() -> Encoder:
    found = encoder_here()
    if found is None:
        pytest.skip("no sentence encoder on this machine")
    return found


def test_other_words_for_the_same_are_nearer_than_other_matters(real: Encoder) -> None:
    asked, same, other = real.encode(["娃想转来这边念书找谁", "子女转学怎么办理", "惠才卡丢了怎么补办"])
    assert asked @ same > asked @ other


def test_any_text_gets_a_unit_vector_that_does_not_depend_on_its_company(real: Encoder) -> None:
    texts = ["", "\0", "惠" * 20_000, "🙂🙂", "ASCII only", "惠才卡有效期几年"]
    together = real.encode(texts)
    assert together.shape == (len(texts), SIZE)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-3)
    assert np.array_equal(real.encode(texts[-1:])[0], together[-1])
    assert np.array_equal(real.encode(["惠" * MOST_CHARACTERS])[0], together[2])


def test_without_the_package_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_PACKAGE", "a_package_nobody_has")
    assert encoder_here.__wrapped__() is None


def test_an_old_processor_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("flags : fpu sse2 avx\n")
    monkeypatch.setattr(encoding, "_CPU", tmp_path / "cpuinfo")
    assert encoder_here.__wrapped__() is None


def test_each_text_is_encoded_once_and_kept(tmp_path: Path) -> None:
    first = Counting()
    vectors = Vectors.kept_in(tmp_path, encoder=first)
    seen: list[tuple[int, int]] = []
    vectors.learn(["甲", "乙乙", "甲"], progress=lambda done, of: seen.append((done, of)))
    assert (first.asked, seen) == (["甲", "乙乙"], [(2, 2)])
    vectors.save()

    second = Counting()
    again = Vectors.kept_in(tmp_path, encoder=second)
    again.learn(["乙乙", "丙丙丙"])
    assert second.asked == ["丙丙丙"]
    assert again.of(["甲", "丙丙丙", "乙乙"])[:, 0].tolist() == [1, 3, 2]
    assert again.missing(["甲", "丁"]) == ["丁"]


@pytest.mark.parametrize("spoiled", [b"", b"not a table", b"PK\x03\x04 cut short"])
def test_a_spoiled_file_is_made_again(tmp_path: Path, spoiled: bytes) -> None:
    vectors = Vectors.kept_in(tmp_path, encoder=Counting())
    vectors.learn(["甲"])
    vectors.save()
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoiled)

    again = Vectors.kept_in(tmp_path, encoder=Counting())
    assert again.missing(["甲"]) == ["甲"]
    again.learn(["甲"])
    again.save()
    assert not Vectors.kept_in(tmp_path, encoder=Counting()).missing(["甲"])
