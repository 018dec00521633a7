from __future__ import annotations

import json
from importlib import resources

import pytest

from monitors.scorers import Reply
from monitors.scorers.refusal import REMEMBERED, Labeller, not_served, refusal
from monitors.scorers.refusal.model import Model

TRAINED = resources.files("monitors.scorers.refusal").joinpath("weights.json").read_text(encoding="utf-8")


def test_a_reply_is_read_once_for_both_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    chances = Model.chances

    def counted(self: Model, text: str, prompt: str) -> list[float]:
        read.append(text)
        return chances(self, text, prompt)

    monkeypatch.setattr(Model, "chances", counted)
    labeller = Labeller(TRAINED)
    replies = [Reply("Lima"), Reply("I can't say.")]
    refusal(labeller).score(replies)
    not_served(labeller).score(replies)
    assert read == ["Lima", "I can't say."]


def test_what_is_remembered_is_bounded_and_holds_no_text() -> None:
    labeller = Labeller(TRAINED)
    refusal(labeller).score([Reply("", prompt=str(number)) for number in range(REMEMBERED + 10)])
    remembered = vars(labeller)["_latest"]
    assert len(remembered) <= REMEMBERED
    assert all(len(key) == 16 for key in remembered)


def test_other_weights_are_another_fingerprint() -> None:
    data = json.loads(TRAINED)
    data["heads"]["declined"]["bias"][0] += 0.5
    assert refusal(Labeller(json.dumps(data))).fingerprint != refusal(Labeller(TRAINED)).fingerprint
