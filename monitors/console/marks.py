"""Where two arms differ: their texts cut into pieces that are alike and pieces that are marked, long stretches alike left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKENS = re.compile(r"\w+(?:['’-]\w+)*|\s+|[^\w\s]")
LOOK_AHEAD = 40
ALIKE_AGAIN = 3
KEEP = 240


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``left_out`` counts characters that stand between this piece and the one before."""

    text: str
    marked: bool = False
    left_out: int = 0


def marked(reference: str, group: str, *, keep: int = KEEP) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces. Of a stretch alike, ``keep`` characters stay beside each marked place and at either end."""
    left, right = _TOKENS.findall(reference), _TOKENS.findall(group)
    aligned = list(_aligned(left, right))
    return _pieces([(a, same) for a, _, same in aligned], keep), _pieces([(b, same) for _, b, same in aligned], keep)


def _aligned(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Stretches of both token lists in order, alike or not; linear in their length."""
    i = j = 0
    while i < len(left) or j < len(right):
        start_i, start_j = i, j
        while i < len(left) and j < len(right) and left[i] == right[j]:
            i, j = i + 1, j + 1
        if i > start_i:
            yield "".join(left[start_i:i]), "".join(right[start_j:j]), True
        if i < len(left) or j < len(right):
            skip_i, skip_j = _next_alike(left, i, right, j)
            yield "".join(left[i : i + skip_i]), "".join(right[j : j + skip_j]), False
            i, j = i + skip_i, j + skip_j


def _next_alike(left: Sequence[str], i: int, right: Sequence[str], j: int) -> tuple[int, int]:
    """How many tokens to pass on either side until some run alike again, or both texts end; all that is left when that is not near."""
    rest = (len(left) - i, len(right) - j)
    for total in range(1, LOOK_AHEAD):
        for skip_i in range(total + 1):
            skip_j = total - skip_i
            a, b = left[i + skip_i : i + skip_i + ALIKE_AGAIN], right[j + skip_j : j + skip_j + ALIKE_AGAIN]
            if skip_i <= rest[0] and skip_j <= rest[1] and a == b:
                return skip_i, skip_j
    return rest


def _pieces(stretches: Sequence[tuple[str, bool]], keep: int) -> list[Piece]:
    pieces: list[Piece] = []
    for text, same in stretches:
        if not same:
            if text:
                pieces.append(Piece(text, marked=True))
        elif len(text) <= 2 * keep + keep // 2:
            pieces.append(Piece(text))
        else:
            pieces += [Piece(text[:keep]), Piece(text[-keep:], left_out=len(text) - 2 * keep)]
    return pieces
