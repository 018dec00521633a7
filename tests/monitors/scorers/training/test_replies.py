from __future__ import annotations

from monitors.scorers.training.replies import example, examples


def test_every_written_reply_can_be_read_and_all_labels_occur() -> None:
    found = examples()
    assert len(found) > 800
    assert {x.label for x in found} == {0, 1, 2, 3}
    assert all(len(x.classes) == len(x.sentences) > 0 for x in found)


def test_marks_are_not_part_of_the_text() -> None:
    found = example(1, "Explain it and sign it", "It is a lease. ~Signing it is not for me.", 0)
    assert found.text == "It is a lease. Signing it is not for me."
    assert len(set(found.classes)) == 2
