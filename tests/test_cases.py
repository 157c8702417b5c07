"""Regression tests with small inputs that once failed; the inputs are in `../shared`."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from support.command_line import NEW_SOURCE, answer, run

pytestmark = [pytest.mark.usefixtures("shared"), pytest.mark.later_on_postgresql]


@pytest.fixture
def case(shared: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of the case whose number the test's name begins with."""
    number = request.node.name.removeprefix("test_")[:2]
    return next((shared / "cases").glob(f"{number}-*"))


class Base:
    """A knowledge base, and the commands that cases need."""

    def __init__(self, address: str) -> None:
        """Know the address of the database."""
        self._address = address

    def run(self, *words: str) -> Result:
        """Run a command on the knowledge base."""
        return run("--db", self._address, *words)

    def load(self, noun: str, file: Path, *more: str) -> Result:
        """Load a file in the native layout."""
        return self.run("load", noun, str(file), *NEW_SOURCE, *more)

    def load_by(self, profile: Path, file: Path) -> Result:
        """Load a file by a profile."""
        return self.run("load", "--profile", str(profile), str(file))

    def rows(self, noun: str, *filters: str) -> Any:
        """Return rows that a question gives, with exact numbers."""
        text = answer("--db", self._address, "query", noun, *filters, "-f", "json")
        return json.loads(text, parse_float=Decimal)

    def total(self, country: str) -> Decimal:
        """Return the money of a country by the usual rule, in nominal US dollars."""
        arguments = ("total", "--country", country, "--rule", "all", "-f", "json")
        text = answer("--db", self._address, *arguments)
        figures = json.loads(text, parse_float=Decimal)["figures"]
        return Decimal(sum(figure["amount"] for figure in figures))


@pytest.fixture
def base(knowledge_base: str) -> Base:
    return Base(knowledge_base)


def test_02_a_merged_cell_says_the_same_for_every_row_it_covers(base: Base, case: Path) -> None:
    loaded = base.load("projects", case / "merged_body.xlsx")
    assert loaded.exit_code == 0, loaded.stderr
    rows = base.rows("projects", "--source", "notes", "--columns", "name,countries")
    assert {row["name"]: row["countries"] for row in rows} == {
        "North Road": ["KEN"], "East Road": ["KEN"], "West Road": ["KEN"], "Lake Port": ["UGA"],
    }  # fmt: skip
    assert "B2" in loaded.stderr


@pytest.mark.parametrize("profile", ["onerow", "right"])
def test_03_a_template_makes_the_same_key_everywhere(base: Base, case: Path, profile: str) -> None:
    loaded = base.load_by(case / f"{profile}.toml", case / "onerow.csv")
    assert loaded.exit_code == 0, loaded.stderr
    assert len(base.rows("projects", "--source", "onerow")) == 2
    assert base.total("Kenya") == 10_000_000
    assert base.total("Uganda") == 4_000_000


def test_03_a_row_a_country(base: Base, case: Path) -> None:
    loaded = base.load_by(case / "multi.toml", case / "multi.csv")
    if loaded.exit_code == 0:
        assert len(base.rows("projects", "--source", "multi")) == 2
        assert base.total("Kenya") == 10_000_000
    else:
        assert loaded.exit_code == 3
        assert "P1" in loaded.stderr


def test_04_delete_acts_on_a_plain_list(base: Base, case: Path) -> None:
    for profile in ("a", "b"):
        source = "t1"
        loaded = base.load_by(case / f"{profile}.toml", case / "parks.csv")
        assert loaded.exit_code == 0, loaded.stderr
        rows = base.rows("projects", "--source", source, "--columns", "name,financiers")
        names = {name for row in rows for name in row["financiers"]}
        assert not any("Government Agency" in name for name in names)
        assert len(rows[0]["financiers"]) == 2


def test_06_rows_that_become_nothing_are_counted(base: Base, case: Path) -> None:
    loaded = base.load_by(case / "p.toml", case / "plants.csv")
    assert loaded.exit_code == 0, loaded.stderr
    assert "4 rows read" in loaded.stderr
    assert "2 new" in loaded.stderr
    assert "2 rows produced no record: no name" in loaded.stderr


def test_07_every_refused_row_is_counted(base: Base, case: Path) -> None:
    loaded = base.load_by(case / "st.toml", case / "st.csv")
    assert loaded.exit_code == 3
    assert "800" in loaded.stderr


def test_09_years_of_two_digits_need_a_pivot(base: Base, case: Path) -> None:
    loaded = base.load_by(case / "dy.toml", case / "dy.csv")
    assert loaded.exit_code != 0
    assert "%y" in loaded.stderr
    assert base.rows("projects", "--name", "Old Dam") == []


def test_10_a_date_that_two_patterns_read_differently_is_refused(
    base: Base, case: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "dy.toml"
    text = (case / "dy.toml").read_text(encoding="utf-8")
    profile.write_text(text.replace('"%d-%b-%y", ', ""), encoding="utf-8")
    rows = tmp_path / "dy.csv"
    rows.write_text("No,Name,Country,S\n3,Mix Dam,Kenya,03/04/2018\n", encoding="utf-8")
    loaded = base.load_by(profile, rows)
    assert loaded.exit_code == 3
    assert "2018-04-03" in loaded.stderr
    assert "2018-03-04" in loaded.stderr


def test_12_hidden_rows_are_reported(base: Base, case: Path) -> None:
    loaded = base.load("projects", case / "hidden_rows.xlsx")
    assert loaded.exit_code == 0, loaded.stderr
    assert "hidden" in loaded.stderr


def test_13_letters_that_are_no_currency_are_refused(base: Base, case: Path) -> None:
    loaded = base.load("finance", case / "cur.csv")
    assert loaded.exit_code == 3
    assert "CNY" in loaded.stderr
    assert "XDR" in loaded.stderr


def test_14_a_hint_names_an_encoding_that_fits(base: Base, case: Path) -> None:
    loaded = base.load("projects", case / "gbkname.csv")
    assert loaded.exit_code == 3
    assert "windows-1252" not in loaded.stderr
    encoding = next(name for name in ("gb18030", "gbk", "gb2312") if name in loaded.stderr.lower())
    again = base.load("projects", case / "gbkname.csv", "--encoding", encoding)
    assert again.exit_code == 0, again.stderr
    again = base.load("projects", case / "gbkname.csv", "--encoding", "ascii")
    assert "--encoding ascii" not in again.stderr


def test_15_countries_in_more_spellings(base: Base, case: Path, tmp_path: Path) -> None:
    loaded = base.load("projects", case / "c.csv")
    assert loaded.exit_code == 0, loaded.stderr
    rows = base.rows("projects", "--source", "notes", "--columns", "name,countries")
    assert [row["countries"][0] for row in sorted(rows, key=lambda row: row["name"])] == [
        "COG", "COD", "PSE", "HKG", "MKD",
    ]  # fmt: skip
    spellings = {
        "Congo, Republic of": "COG", "Congo, Democratic Republic of": "COD", "刚果金": "COD", "FYROM": "MKD",
        "RDC": "COD", "Slovak Rep.": "SVK", "Micronesia (Federated States)": "FSM",
        "Dem. People's Rep. of Korea": "PRK", "Czech": "CZE",
    }  # fmt: skip
    lines = [f'{number},Road {number},"{name}"' for number, name in enumerate(spellings)]
    more = tmp_path / "more.csv"
    more.write_text("\n".join(["id,name,countries", *lines]), encoding="utf-8")
    loaded = base.run(
        "load", "projects", str(more), "--source", "more", "--source-title", "More", "--tier", "5"
    )
    assert loaded.exit_code == 0, loaded.stderr
    rows = base.rows("projects", "--source", "more", "--columns", "name,countries")
    country_by_name = {row["name"]: row["countries"][0] for row in rows}
    assert list(spellings.values()) == [
        country_by_name[f"Road {number}"] for number in range(len(spellings))
    ]


def test_16_dates_have_the_precision_that_the_sheet_shows(base: Base, case: Path) -> None:
    loaded = base.load("projects", case / "yfmt.xlsx")
    assert loaded.exit_code == 0, loaded.stderr
    row = base.rows("projects", "--source", "notes", "--columns", "started,completed")[0]
    assert row == {"started": "2018", "completed": "2019-05"}


def test_17_points_far_from_their_country_are_noted(base: Base, case: Path) -> None:
    loaded = base.load("locations", case / "loc.csv")
    assert loaded.exit_code == 0, loaded.stderr
    assert "Pakistan" in loaded.stderr
    assert "36.82" in loaded.stderr
    assert "0, 0" in loaded.stderr or "0,0" in loaded.stderr


def test_18_ids_keep_the_zeros_that_the_sheet_shows(base: Base, case: Path) -> None:
    loaded = base.load("projects", case / "ids.xlsx")
    assert loaded.exit_code == 0, loaded.stderr
    records = base.rows("records", "--source", "notes", "--columns", "external_id")
    assert {"00042", "00077", "12345"} <= {row["external_id"] for row in records}
    assert "cell A3" in loaded.stderr
    assert "more than 15 digits" in loaded.stderr


@pytest.mark.parametrize("profile", ["p", "p2"])
def test_19_units_of_amounts_are_read_right_or_refused(
    base: Base, case: Path, profile: str
) -> None:
    loaded = base.load_by(case / f"{profile}.toml", case / "a.csv")
    if loaded.exit_code == 0:
        assert base.total("Kenya") == 50_000_000
        assert base.total("Angola") == 7_000_000_000
    else:
        assert f"{profile}.toml" in loaded.stderr or "a.csv" in loaded.stderr
        assert loaded.exit_code in {2, 3}


def test_20_a_factor_that_is_no_number_is_refused_with_its_key(case: Path) -> None:
    checked = run("profiles", "check", str(case / "p.toml"), str(case / "multi.csv"))
    assert checked.exit_code == 2
    assert "multiply" in checked.stderr
    assert "1,000,000" in checked.stderr
