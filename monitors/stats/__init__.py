"""Differences of pairs become evidence, intervals and verdicts: pure functions of numbers, numpy only.

    differences ─► evalue      is the gap beyond the tolerance?      ─► alarm, with direction and beginning
                ─► tolerance   is it within? has an alarm's gap gone? ─► within, cleared
                ─► confseq     how large is it? (from a histogram)    ─► interval
    levels (one arm, a limit) · clusters (names) · planner (how many pairs) · weights (whose share of alpha) · parity (classical figures)

A gap is always group minus reference, in [-1, 1]. Nothing here reads a clock, draws a random number that was not handed in, or does I/O.
"""
