"""Rebuild the name tables of this folder from their public sources: `python extract.py SOURCES` (README.md says how to get them).

SOURCES is one folder that holds the unpacked packages side by side. Needs pandas and pyarrow, which the product itself does not.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from matching import Floats, hold_out, match, polish, standardised_differences
from sources import ETHNICITIES, accented, accented_names, births, first_names, fold, places, scored_words, words
from tokenise import Tokeniser

HERE = Path(__file__).parent
GENDERS = ("female", "male")
ALERTING, HELD_OUT = 45, 15
COUNTS, YEARS, SHARE, SEX_SHARE = (1_500, 60_000), (1970, 2010), 80.0, 95.0
TRAITS = ("birth_year", "log_count", "letters", "tokens")
WEIGHTS = np.array([1.0, 1.0, 1.0, 0.6])
SEEDS, PROPOSALS = 24, 60_000
DICTIONARY_COUNT = {"female": 3_150, "male": 950}  # about as many of each, so that most have a partner
CLEAR_COUNT = 500  # clear names of the smaller groups are kept down to here
WORD_COUNT = 5_000  # a rarer name that is also a common word is left to the word
SURNAME_RATIO = {"pool": 6.0, "flag": 3.0, "drop": 12.0}
POOL_COLUMNS = ["name", "gender", "ethnicity", "count", "share", "sex_share", "birth_year", "letters", "tokens", "held_out"]
DICTIONARY_COLUMNS = ["name", "female", "ethnicity", "share", "count", "also"]


def exceptions() -> dict[str, str]:
    """Hand-made decisions: lower-case name to reason."""
    with (HERE / "exceptions.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["reason"] for row in csv.DictReader(file)}


def candidates(table: pd.DataFrame, sources: Path) -> pd.DataFrame:
    """Names that pass every filter of the pools, one spelling of each sound."""
    reasons = {name for name, reason in exceptions().items() if reason not in ("plain", "keep")}
    barred = words(sources) | scored_words(sources) | places(sources) | accented(sources) | reasons
    fit = table[
        (table["share"] >= SHARE)
        & (table["sex_share"] >= SEX_SHARE)
        & table["count"].between(*COUNTS)
        & table["birth_year"].between(*YEARS)
        & (table["letters"] >= 3)
        & (table["surname_ratio"] <= SURNAME_RATIO["pool"])
        & ~table["key"].isin(barred)
    ]
    fit = fit.sort_values("count", ascending=False).drop_duplicates(["ethnicity", "leaning", "sound"])
    tokenisers = [Tokeniser(file) for file in Tokeniser.vocabularies(sources)]
    tokens = [float(np.mean([tokeniser.count(" " + name) for tokeniser in tokenisers])) for name in fit["name"]]
    return fit.assign(tokens=tokens, log_count=np.log10(fit["count"])).sort_values("name")


def pools(table: pd.DataFrame, sources: Path) -> pd.DataFrame:
    """The rotating names, matched row by row over the eight cells; the last rows of each cell are held out."""
    fit = candidates(table, sources)
    cells = [(g, e, fit[(fit["leaning"] == g) & (fit["ethnicity"] == e)]) for g in GENDERS for e in ETHNICITIES]
    for gender, ethnicity, cell in cells:
        sys.stdout.write(f"{gender:7}{ethnicity:9}{len(cell):5} names pass the filters\n")
    traits: list[Floats] = [cell[list(TRAITS)].to_numpy(dtype=np.float64) for _, _, cell in cells]
    picks, _ = min((match(traits, ALERTING + HELD_OUT, WEIGHTS, seed) for seed in range(SEEDS)), key=lambda found: found[1])
    held = hold_out([trait[pick] for trait, pick in zip(traits, picks, strict=True)], HELD_OUT, seed=1)
    order = [row for row in range(ALERTING + HELD_OUT) if row not in held] + held
    picks = polish(traits, [[pick[row] for row in order] for pick in picks], WEIGHTS, seed=1, proposals=PROPOSALS, kept=ALERTING)
    chosen = [trait[pick] for trait, pick in zip(traits, picks, strict=True)]
    for part, rows in (("alerting", slice(0, ALERTING)), ("held out", slice(ALERTING, None))):
        apart = standardised_differences([cell[rows] for cell in chosen])
        figures = " ".join(f"{trait} {value:.2f}" for trait, value in zip(TRAITS, apart, strict=True))
        sys.stdout.write(f"{part}: largest standardised difference {figures}\n")
    parts = []
    for (gender, ethnicity, cell), pick in zip(cells, picks, strict=True):
        part = cell.iloc[pick].assign(gender=gender, ethnicity=ethnicity)
        parts.append(part.assign(held_out=[0] * ALERTING + [1] * HELD_OUT))
    return pd.concat(parts)


def dictionary(table: pd.DataFrame, sources: Path, pool: Iterable[str]) -> pd.DataFrame:
    """The detection dictionary: frequent names, clear names of the smaller groups, names of the pools, and accented spellings."""
    decided, common, pooled = exceptions(), words(sources, "-small"), set(pool)
    table = table[~table["key"].map(lambda key: decided.get(key) == "function")].copy()
    table["also"] = [
        also(key, decided.get(key), key in common, ratio) for key, ratio in zip(table["key"], table["surname_ratio"], strict=True)
    ]
    table = table[(table["surname_ratio"] <= SURNAME_RATIO["drop"]) | (table["count"] >= 20_000)]
    table = table[(table["also"] != "word") | (table["count"] >= WORD_COUNT) | table["key"].isin(decided)]
    minority = (table["ethnicity"] != "white") & (table["share"] >= SHARE) & (table["count"] >= CLEAR_COUNT)
    wanted = table["name"].isin(pooled) | table["key"].map(lambda key: decided.get(key) == "keep")
    table = table[(table["count"] >= table["leaning"].map(DICTIONARY_COUNT)) | minority | wanted].copy()
    unlisted = births(sources)
    unlisted = unlisted[unlisted["key"].map(lambda key: decided.get(key) == "keep") & ~unlisted["key"].isin(table["key"])]
    table = pd.concat([table, unlisted.assign(ethnicity="", share=0, also="")])
    table["female"] = np.where(table["pctfemale"] > 50, np.floor(table["pctfemale"]), np.ceil(table["pctfemale"])).astype(int)
    table["share"] = table["share"].astype(int)
    table["ethnicity"] = table["ethnicity"].where(table["share"] >= 50, "")
    spelled = pd.DataFrame([(name, fold(name)) for name in accented_names(sources)], columns=["accented", "key"])
    variants = spelled.merge(table[table["also"] == ""], on="key").assign(count=0).drop(columns="name").rename(columns={"accented": "name"})
    return pd.concat([table, variants]).sort_values(["count", "name"], ascending=[False, True])


def also(key: str, decided: str | None, common: bool, surname_ratio: float) -> str:
    """What a name with a capital may be instead: a word at the start of a sentence, a place, a brand, a deity, a surname, or nothing."""
    if decided in ("word", "place", "brand", "deity"):
        return decided
    if common and decided != "plain":
        return "word"
    return "surname" if surname_ratio > SURNAME_RATIO["flag"] else ""


def main(sources: Path) -> None:
    """Write both tables beside this script."""
    table = first_names(sources)
    pool = pools(table, sources)
    rounded = pool[POOL_COLUMNS].round({"share": 1, "sex_share": 1, "birth_year": 1})
    rounded.to_csv(HERE / "us-en-2020.csv", index=False, lineterminator="\n")
    known = dictionary(table, sources, pool["name"])
    known[DICTIONARY_COLUMNS].to_csv(HERE / "given-names.csv", index=False, lineterminator="\n")
    sys.stdout.write(f"{len(pool)} names in rotation, {len(known)} in the dictionary\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
