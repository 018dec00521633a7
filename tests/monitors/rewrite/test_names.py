import csv
import math
import re
import statistics
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import resources
from monitors.rewrite.names import ETHNICITIES, GENDERS, NameRow, Names, NamesError, few_names, load_names

FILE = resources.path("config/names/us-en-2020.csv")
ROOT = Path(__file__).parents[3]
DICTIONARY = FILE.with_name("given-names.csv")
CELLS = tuple(product(GENDERS, ETHNICITIES))
TRAITS: dict[str, Callable[[NameRow], float]] = {
    "birth year": lambda row: row.birth_year,
    "log count": lambda row: math.log10(row.count),
    "letters": lambda row: row.letters,
}
NAMES = load_names(FILE)
KNOWN = sorted(NAMES.known)


def raw_rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(gender: str, ethnicity: str, held_out: bool) -> list[NameRow]:
    return [row for name in NAMES.cell(gender, ethnicity, held_out) if (row := NAMES.lookup(name))]


def standardised_difference(one: list[float], other: list[float]) -> float:
    spread = math.sqrt((statistics.variance(one) + statistics.variance(other)) / 2)
    return abs(statistics.mean(one) - statistics.mean(other)) / spread


def largest_difference(trait: Callable[[NameRow], float], held_out: bool) -> float:
    values = [[trait(row) for row in rows_of(*cell, held_out)] for cell in CELLS]
    return max(standardised_difference(one, other) for one, other in combinations(values, 2))


@pytest.mark.parametrize(("gender", "ethnicity"), CELLS)
def test_every_cell_has_names_for_alerting_and_others_for_confirmation(gender: str, ethnicity: str) -> None:
    alerting, held_out = NAMES.cell(gender, ethnicity), NAMES.cell(gender, ethnicity, held_out=True)

    assert len(alerting) >= 45
    assert len(held_out) >= 15
    assert not set(alerting) & set(held_out)


def test_every_name_passes_the_filters_of_its_source() -> None:
    for row in raw_rows():
        assert float(row["share"]) >= 80, row
        assert float(row["sex_share"]) >= 95, row
        assert 1_500 <= int(row["count"]) <= 60_000, row
        assert 1970 <= float(row["birth_year"]) <= 2010, row
        assert re.fullmatch("[A-Z][a-z]+", row["name"]), row
        assert len(row["name"]) == int(row["letters"]), row


def test_no_name_stands_in_two_cells() -> None:
    assert len(NAMES.pool) == len(raw_rows())


def test_no_name_in_rotation_may_be_a_word_a_place_a_brand_or_a_deity() -> None:
    assert [name for name in NAMES.pool if NAMES.also(name) not in ("", "surname")] == []


def test_no_name_in_rotation_stands_on_the_list_of_exceptions() -> None:
    with FILE.with_name("exceptions.csv").open(encoding="utf-8", newline="") as file:
        barred = {row["name"] for row in csv.DictReader(file) if row["reason"] not in ("plain", "keep")}

    assert len(barred) > 1_000
    assert barred & set(NAMES.pool) == set()


@pytest.mark.parametrize("held_out", [False, True], ids=["alerting", "held out"])
@pytest.mark.parametrize("trait", TRAITS)
def test_no_two_cells_differ_by_more_than_the_promised_share_of_a_standard_deviation(trait: str, held_out: bool) -> None:
    assert largest_difference(TRAITS[trait], held_out) <= 0.3


def test_names_of_one_row_are_nearer_than_names_of_different_rows() -> None:
    year = TRAITS["birth year"]
    cells = [[year(row) for row in rows_of(*cell, held_out=False)] for cell in CELLS]
    within = [abs(one[i] - other[i]) for one, other in combinations(cells, 2) for i in range(len(one))]
    across = [abs(one[i] - other[(i + 7) % len(other)]) for one, other in combinations(cells, 2) for i in range(len(one))]

    assert statistics.mean(within) < 0.75 * statistics.mean(across)


def test_the_documented_differences_are_those_of_the_table() -> None:
    page = (ROOT / "docs/concepts/names.md").read_text(encoding="utf-8")
    for (trait, measure), held_out in product(TRAITS.items(), (False, True)):
        figures = re.search(rf"^\| {trait} \| ([\d.]+) \| ([\d.]+) \|", page, re.MULTILINE)
        assert figures, trait
        assert float(figures[2 if held_out else 1]) == pytest.approx(largest_difference(measure, held_out), abs=0.0051)


def test_every_pair_of_cells_that_is_compared_is_documented() -> None:
    page = (ROOT / "docs/concepts/names.md").read_text(encoding="utf-8")
    compared = [(one, other) for one, other in combinations(CELLS, 2) if (one[0] == other[0]) != (one[1] == other[1])]
    for one, other in compared:
        figures = re.search(rf"^\| {' '.join(one)} · {' '.join(other)} \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", page, re.MULTILINE)
        assert figures, (one, other)
        for number, trait in enumerate(TRAITS.values(), 1):
            sides = [[trait(row) for row in rows_of(*cell, held_out=False)] for cell in (one, other)]
            assert float(figures[number]) == pytest.approx(standardised_difference(*sides), abs=0.0051)


@pytest.mark.parametrize(
    ("name", "gender"),
    [("Maria", "female"), ("JAMAL", "male"), ("daniel", "male"), ("Priya", "female"), ("Jordan", "unisex"), ("Kelly", "unisex")],
)
def test_a_frequent_name_tells_its_gender_in_any_case(name: str, gender: str) -> None:
    assert NAMES.gender_of(name) == gender


@pytest.mark.parametrize(
    ("name", "gender"), [("José", "male"), ("Zoë", "female"), ("Jean-Luc", "male"), ("Mary-Jane", "female"), ("D'Andre", "male")]
)
def test_accents_hyphens_and_apostrophes_do_not_hide_a_name(name: str, gender: str) -> None:
    assert NAMES.gender_of(name) == gender


@pytest.mark.parametrize("word", ["the", "She", "Baby", "Invoice", "", "-", "42", "’", "日本"])
def test_what_is_no_name_has_no_group(word: str) -> None:
    assert NAMES.gender_of(word) is None
    assert NAMES.ethnicity_of(word) is None
    assert NAMES.partner(word, "gender", "male") is None
    assert NAMES.also(word) == ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Grace", "word"),
        ("Will", "word"),
        ("Mark", "word"),
        ("Hope", "word"),
        ("April", "word"),
        ("Paris", "place"),
        ("Austin", "place"),
        ("Mercedes", "brand"),
        ("Alexa", "brand"),
        ("Jesus", "deity"),
        ("Nelson", "surname"),
        ("John", ""),
        ("Maria", ""),
        ("Peter", ""),
    ],
)
def test_a_name_that_may_be_something_else_says_what(name: str, kind: str) -> None:
    assert NAMES.also(name) == kind


def test_ethnicity_is_told_only_where_most_bearers_report_it() -> None:
    assert NAMES.ethnicity_of("Latoya") == "black"
    assert NAMES.ethnicity_of("Sanjay") == "asian"
    assert NAMES.ethnicity_of("Jamal") is None
    assert NAMES.ethnicity_of("Jamal", share=70) == "black"
    assert NAMES.ethnicity_of("Jasmine", share=50) is None


@given(name=st.sampled_from(KNOWN), axis=st.sampled_from(["gender", "ethnicity"]), to=st.sampled_from(GENDERS + ETHNICITIES))
def test_a_partners_partner_is_the_name_itself(name: str, axis: str, to: str) -> None:
    partner = NAMES.partner(name, axis, to)
    if partner is None:
        return
    known, known_partner = NAMES.known[name], NAMES.find(partner)
    own = (known.leaning or known.gender) if axis == "gender" else NAMES.ethnicity_of(name, share=50)

    assert own is not None
    assert own != to
    assert NAMES.partner(partner, axis, own) == NAMES.known[name].name
    assert known_partner is not None
    assert ((known_partner.leaning or known_partner.gender) if axis == "gender" else NAMES.ethnicity_of(partner, share=50)) == to
    assert NAMES.gender_of(partner) in (to, "unisex") if axis == "gender" else True


def test_every_name_of_the_smaller_gender_has_a_partner_and_nearly_every_name_of_the_other() -> None:
    groups = {gender: [name for name in KNOWN if NAMES.gender_of(name) == gender] for gender in GENDERS}
    paired = {
        gender: sum(NAMES.partner(name, "gender", other) is not None for name in groups[gender])
        for gender, other in (GENDERS, GENDERS[::-1])
    }

    assert paired["female"] == paired["male"] == min(map(len, groups.values()))
    assert paired["female"] / len(groups["female"]) >= 0.85


@pytest.mark.parametrize("name", ["Latoya", "Sanjay", "Guadalupe", "Trisha", "Jaquan", "Neha"])
def test_a_gender_partner_has_the_same_clear_ethnicity(name: str) -> None:
    to = "male" if NAMES.gender_of(name) == "female" else "female"
    partner = NAMES.partner(name, "gender", to)

    assert partner is None or NAMES.ethnicity_of(partner, 50) == NAMES.ethnicity_of(name, 50)


def test_most_gender_partners_share_the_ethnicity_that_is_known() -> None:
    pairs = [(name, partner) for name in KNOWN if (partner := NAMES.partner(name, "gender", "male")) and NAMES.ethnicity_of(name)]
    same = [NAMES.ethnicity_of(name, 50) == NAMES.ethnicity_of(partner, 50) for name, partner in pairs]

    assert len(pairs) > 1_000
    assert sum(same) / len(same) >= 0.8


@given(name=st.sampled_from(KNOWN), to=st.sampled_from(ETHNICITIES))
def test_an_ethnicity_partner_keeps_the_gender(name: str, to: str) -> None:
    partner = NAMES.partner(name, "ethnicity", to)

    assert partner is None or NAMES.gender_of(partner) == NAMES.gender_of(name)


def test_partners_do_not_depend_on_what_was_asked_before() -> None:
    fresh = load_names(FILE)
    fresh.partner("Maria", "ethnicity", "black")

    assert fresh.partner("Emily", "gender", "male") == load_names(FILE).partner("Emily", "gender", "male")


def test_an_unknown_axis_or_group_has_no_partner() -> None:
    assert NAMES.partner("Maria", "religion", "muslim") is None
    assert NAMES.partner("Maria", "gender", "nonbinary") is None
    assert NAMES.partner("Maria", "gender", "female") is None
    assert NAMES.partner("Jordan", "gender", "female") is None
    assert NAMES.cell("nonbinary", "white") == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in (FILE, DICTIONARY, FILE.with_name("world-names.csv")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def edit(file: Path, line: int, text: str) -> None:
    lines = file.read_text(encoding="utf-8").split("\n")
    lines[line - 1] = text
    file.write_text("\n".join(lines), encoding="utf-8")


def test_the_version_follows_either_file(folder: Path) -> None:
    copy = load_names(folder / FILE.name)
    edit(folder / DICTIONARY.name, 2, "Michael,2,white,79,3476715,")

    assert copy.version == NAMES.version
    assert load_names(folder / FILE.name).version != NAMES.version


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        (1, "name,gender,count", "no column ethnicity, birth_year, letters, held_out"),
        (3, "Adam,man,white,5000,90,99,1990,4,1.0,0", "unknown group 'man'"),
        (4, "Adam,male,white,5000,90,99,1990,4,1.0,yes", "held_out is 'yes'"),
        (5, "Adam,male,white,many,90,99,1990,4,1.0,0", "count 'many'"),
        (6, "Adam,male,white", "3 fields under 10 column names"),
        (7, ",male,white,5000,90,99,1990,4,1.0,0", "the name is empty"),
    ],
)
def test_a_mistake_in_the_pools_is_told_with_file_line_and_fix(folder: Path, line: int, text: str, said: str) -> None:
    edit(folder / FILE.name, line, text)
    with pytest.raises(NamesError, match=re.escape(said)) as caught:
        load_names(folder / FILE.name)

    assert f"{FILE.name}:{line}: " in str(caught.value)
    assert str(caught.value).count(". ") >= 1


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    edit(folder / FILE.name, 3, "Adam,man,white,5000,90,99,1990,4,1.0,0")
    edit(folder / DICTIONARY.name, 5, "Adam,all,white,90,5000,")
    with pytest.raises(NamesError) as caught:
        load_names(folder / FILE.name)

    assert len(str(caught.value).splitlines()) == 2


def test_a_name_in_two_rows_is_refused(folder: Path) -> None:
    with (folder / FILE.name).open("a", encoding="utf-8") as file:
        file.write("LATOYA,female,white,5000,90,99,1990,6,2.0,0\n")
    with pytest.raises(NamesError, match="LATOYA stands twice"):
        load_names(folder / FILE.name)


def test_a_missing_dictionary_and_a_file_in_another_encoding_are_told(folder: Path) -> None:
    (folder / DICTIONARY.name).unlink()
    (folder / FILE.name).write_bytes("name\nJosé".encode("latin-1"))
    with pytest.raises(NamesError) as caught:
        load_names(folder / FILE.name)

    assert "us-en-2020.csv:2: not UTF-8" in str(caught.value)
    assert "given-names.csv: no such file" in str(caught.value)


@pytest.mark.parametrize("name", ["de-de-2024.csv", "names.csv", "US-EN-2020.csv"])
def test_a_table_of_another_locale_is_refused(folder: Path, name: str) -> None:
    (folder / FILE.name).rename(folder / name)
    with pytest.raises(NamesError, match="English-speaking locale"):
        load_names(folder / name)


def test_the_locale_is_in_the_files_name() -> None:
    assert NAMES.locale == "us-en"


def test_few_names_in_a_cell_are_said(folder: Path) -> None:
    file = folder / FILE.name
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:1] + [line for line in lines[1:] if ",male,asian," not in line] + lines[-20:]), encoding="utf-8")

    assert few_names(NAMES) == ""
    assert few_names(load_names(file)) == "few names, fewer than 30 in a cell (male asian has 5)"


def test_a_lookup_gives_the_traits_a_name_was_matched_on() -> None:
    row = NAMES.lookup(NAMES.cell("male", "asian")[0].upper())

    assert isinstance(row, NameRow)
    assert (row.gender, row.ethnicity, row.held_out) == ("male", "asian", False)
    assert NAMES.lookup("Michael") is None


def test_tables_are_immutable_in_what_callers_see() -> None:
    assert isinstance(NAMES, Names)
    with pytest.raises(AttributeError):
        NAMES.version = "other"  # type: ignore[misc]
