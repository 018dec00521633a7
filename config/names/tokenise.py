"""Count the tokens of a short text under a byte-pair vocabulary in tiktoken's file format."""

from base64 import b64decode
from pathlib import Path


class Tokeniser:
    """Byte-pair merging of one word by ascending rank; words this short need no splitting first."""

    def __init__(self, file: Path) -> None:
        pairs = (line.split() for line in file.read_bytes().splitlines() if line)
        self._ranks = {b64decode(token): int(rank) for token, rank in pairs}

    @staticmethod
    def vocabularies(sources: Path) -> list[Path]:
        """The files of cl100k_base and o200k_base, under the names that tiktoken gives its cache."""
        folder = sources / "litellm/litellm_core_utils/tokenizers"
        return [folder / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4", folder / "fb374d419588a4632f3f557e76b4b70aebbca790"]

    def count(self, text: str) -> int:
        """Number of tokens of `text`, a single word with or without its leading space."""
        parts = [bytes([byte]) for byte in text.encode()]
        while len(parts) > 1:
            rank, at = min((self._ranks.get(parts[i] + parts[i + 1], 1 << 30), i) for i in range(len(parts) - 1))
            if rank == 1 << 30:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return len(parts)
