"""A YAML text whose mistakes can be told with file, line and fix."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LexiconError(ValueError):
    """What is wrong in a lexicon: ``mistakes`` holds one line each, ``file:line: what (how to mend it)``."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Document:
    """A parsed YAML mapping that collects mistakes; ``finish`` raises them all at once."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._mistakes: list[str] = []
        try:
            self._root = yaml.load(text, Loader=_LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise LexiconError(
                [f"{file}:{line}: not YAML: {getattr(error, 'problem', error)} (quote the value or mend the indentation)"]
            ) from None

    def mapping(self) -> dict[str, Any]:
        """The root, which must be a mapping with text keys."""
        if not isinstance(self._root, dict) or not all(isinstance(k, str) for k in self._root):
            raise LexiconError([f"{self.file}:1: not a mapping of names (write 'axis: …' and 'groups: […]' first)"])
        return self._root

    def text(self, row: dict[str, Any], key: str) -> str:
        """A required text value."""
        value = row.get(key)
        if not isinstance(value, str) or not value:
            self.wrong((), f"{key!r} is missing or not a word", f"add '{key}: …'")
            return ""
        return value

    def words(self, row: dict[str, Any], key: str) -> list[str]:
        """A required list of distinct words, at least two."""
        value = row.get(key)
        found = [str(v) for v in value] if isinstance(value, list) else []
        if len(found) < 2 or len(set(found)) < len(found):
            self.wrong((key,), f"{key!r} is not a list of two or more different words", f"write '{key}: [one, other]'")
        return found

    def single_words(self, row: dict[str, Any], key: str) -> list[str]:
        """A required block of different words, each as the tokenizer cuts it."""
        words = self.text(row, key).split()
        for word in words:
            if not word.isalnum():
                self.wrong((key,), f"{word!r} in {key} is never one word of a text", "write words without hyphen, apostrophe or sign")
        self._told_twice(words, key)
        return words

    def phrases(self, at: tuple[str | int, ...], block: str, shortest_stem: int) -> list[str]:
        """The lines of a block of expressions, all different; one of stems alone (``pregnan*``) has ``shortest_stem`` letters or more."""
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        for line in lines:
            words = line.split()
            if "*" in words or (all(word.endswith("*") for word in words) and min(map(len, words)) <= shortest_stem):
                self.wrong_text(
                    line, f"{line!r} is never found: its stem is too short", f"give it {shortest_stem} letters or more, or drop the *"
                )
        self._told_twice(lines, "/".join(map(str, at)))
        return lines

    def _told_twice(self, entries: list[str], where: str) -> None:
        for entry, times in Counter(entries).items():
            if times > 1:
                self.wrong_text(entry, f"{entry!r} stands twice in {where}", "keep one")

    def rows(self, root: dict[str, Any], key: str, groups: tuple[str, ...]) -> dict[str, Any]:
        """An optional mapping from group to row."""
        value = root.get(key) or {}
        if not isinstance(value, dict):
            self.wrong((key,), f"{key!r} is not a mapping", f"write '{key}:' and one group a line")
            return {}
        for group in value:
            if group not in groups:
                self.wrong((key, group), f"unknown group {group!r}", f"use one of {', '.join(groups)}")
        return {g: row for g, row in value.items() if g in groups}

    def wrong(self, at: tuple[str | int, ...], what: str, fix: str) -> None:
        """Notes a mistake at the place reached by following ``at`` from the root."""
        self._mistakes.append(f"{self.file}:{self._line(at)}: {what} ({fix})")

    def wrong_text(self, form: str, what: str, fix: str) -> None:
        """Notes a mistake at the last line that holds ``form``."""
        lines = [n for n, line in enumerate(self._text.splitlines(), 1) if form.split()[0] in line.lower()]
        self._mistakes.append(f"{self.file}:{lines[-1] if lines else 1}: {what} ({fix})")

    def finish(self) -> None:
        """Raises ``LexiconError`` if any mistake was noted."""
        if self._mistakes:
            raise LexiconError(self._mistakes)

    def _line(self, at: tuple[str | int, ...]) -> int:
        # Lines are looked up only for a mistake: composing keeps them, but takes far longer than loading.
        node: Any = yaml.compose(self._text, Loader=yaml.SafeLoader)
        line = node.start_mark.line if node else 0
        for step in at:
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line
            else:
                break
        return int(line) + 1
