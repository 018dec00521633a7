"""What a child answers to its parent: the configuration that it runs, by its hash, in a small file."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("run") / "answers"  # in data_dir


@dataclass(frozen=True, slots=True)
class Answer:
    """From the process ``pid``; ``problem`` says why it does not run what it was last asked to."""

    pid: int
    config: str
    problem: str | None = None


def give(file: Path, config: str, problem: str | None = None) -> None:
    """Answer in the name of this process. Raises ``OSError``."""
    scratch = file.with_suffix(".new")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        json.dump({"pid": os.getpid(), "config": config, "problem": problem}, handle)
    scratch.replace(file)


def heard(file: Path, pid: int) -> Answer | None:
    """What the process ``pid`` has answered; None before it has, and for a predecessor's."""
    try:
        answer = Answer(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return answer if answer.pid == pid else None
