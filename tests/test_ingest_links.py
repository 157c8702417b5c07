"""The table of links: the shipped one, a replacement by the user, and errors in it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import record
from bricoop.domain.sectors import CATEGORIES, HUMANITARIAN
from bricoop.errors import UsageError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.profile_files import links_table
from bricoop.ingest.profile.sectors import read_links
from bricoop.ingest.request import LoadRequest
from support.command_line import answer, run

pytestmark = pytest.mark.later_on_postgresql

PROFILE = """
title = "Deals"
[source]
key = "deals"
title = "The deals"
tier = 5
[maps]
by_sector = "sector-links"
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "deal-{No}" }
name = "Deal"
sector = "Purpose"
links = { column = "Purpose", map = "by_sector" }
"""
DEALS = "No,Deal,Purpose\n1,Quay,21040\n2,Sun,23230\n3,Silo,31161\n4,Mix,43010\n5,Desk,230\n"
OWN = "code,link,reason\n210,Facility,\n23230,people,mine\n230,trade,\n311,finance,\n430,,\n"


def said(
    engine: Engine, folder: Path, profile: str, links: Path | None = None
) -> dict[str, list[str]]:
    """Load the deals; return the links of each."""
    (folder / "deals.toml").write_text(profile, encoding="utf-8")
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    custom = profile_of(str(folder / "deals.toml"), links)
    load_file(engine, LoadRequest("", str(folder / "deals.csv"), custom.source, profile=custom))
    with reading(engine) as connection:
        rows = connection.execute(select(record).where(record.c.noun == "projects"))
        return {
            row.external_id: row.fields.get("links", []) for row in rows if "sector" in row.fields
        }


def test_the_shipped_table_has_every_category_of_the_dac() -> None:
    assert read_links(links_table()).keys() == CATEGORIES | {HUMANITARIAN}


def test_a_purpose_comes_under_the_link_of_the_longest_code(engine: Engine, tmp_path: Path) -> None:
    by_shipped = said(engine, tmp_path, PROFILE)
    assert by_shipped == {
        "1": ["facility"], "2": ["facility"], "3": ["trade"], "4": [], "5": ["facility"],
    }  # fmt: skip
    own = tmp_path / "own.csv"
    own.write_text(OWN, encoding="utf-8-sig")
    by_own = {"1": ["facility"], "2": ["people"], "3": ["finance"], "4": [], "5": ["trade"]}
    assert said(engine, tmp_path, PROFILE, own) == by_own
    # A profile of one's own may name the table that stands beside it.
    assert said(engine, tmp_path, PROFILE.replace("sector-links", "own.csv")) == by_own


def test_a_code_that_the_table_lacks_is_refused(engine: Engine, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(OWN.replace("430,,\n", ""), encoding="utf-8")
    with pytest.raises(RowsRejectedError) as caught:
        said(engine, tmp_path, PROFILE, own)
    problem = caught.value.result.problems[0]
    assert (problem.line, problem.column, problem.value) == (5, "Purpose", "43010")
    assert problem.hint.endswith("Add it to the table of links.")


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("code,link\n110,people\n110,trade\n", "own.csv, line 3, code: '110' appears twice."),
        (
            "code,link\n110,peple\n",
            "line 2, link: 'peple' is not one of the five links, policy, facility",
        ),
        ("code,link\n11,people\n", "line 2, code: '11' is not the code of a DAC sector (3 digits)"),
        ("code,link\n\n990,people\n", "line 3, code: '990' is not the code of a DAC sector"),
        (
            'code,link,reason\n110,people,"a\nb"\n811,people,\n',
            "line 4, code: '811' is not the code",
        ),
        ("code,link\n110,people,more\n", "line 2: the row has 3 cells, the header 2."),
        (
            "code,linc\n110,people\n",
            "line 1: 'linc' is not one of its columns. Its columns are code, label,",
        ),
        ("code,code,link\n1,1,people\n", "line 1: 'code' is a column twice."),
        ("code,label\n110,Education\n", "line 1: the column link is missing."),
        ("code,link\n", "line 1: no row follows the header."),
        ("", "line 1: the column code is missing."),
        ('code,link\n"110"x,people\n', "cannot be read"),
    ],
)
def test_a_malformed_table_is_refused_with_its_place(
    tmp_path: Path, table: str, complaint: str
) -> None:
    own = tmp_path / "own.csv"
    own.write_text(table, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_links(own)
    assert complaint in str(caught.value)


def test_a_profile_names_a_table_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "deals.toml"
    path.write_text(PROFILE.replace("sector-links", "mine.csv"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"maps\.by_sector names a table of links that is not"):
        profile_of(str(path))


def test_the_command_line_takes_a_table_where_it_is_used(
    knowledge_base: str, tmp_path: Path
) -> None:
    own, data, profile = tmp_path / "own.csv", tmp_path / "deals.csv", tmp_path / "deals.toml"
    own.write_text(OWN, encoding="utf-8")
    data.write_text(DEALS, encoding="utf-8")
    profile.write_text(PROFILE, encoding="utf-8")
    base = ("--db", knowledge_base)
    loaded = run(*base, "load", "--profile", str(profile), "--links", str(own), str(data))
    assert loaded.exit_code == 0, loaded.stderr
    arguments = ("query", "projects", "--source", "deals", "--link", "people", "-f", "csv")
    assert answer(*base, *arguments, "--columns", "key,links") == "key,links\ndeal-2,people\n"
    assert "5 projects" in answer("profiles", "check", str(profile), str(data), "--links", str(own))
    own.write_text("code,link\n210,roads\n", encoding="utf-8")
    refused = run("profiles", "check", str(profile), str(data), "--links", str(own))
    assert (refused.exit_code, "line 2, link: 'roads'" in refused.stderr) == (2, True)
    unused = run(*base, "load", "--profile", "cgit", "--links", str(own), str(data))
    assert (unused.exit_code, "cgit does not use a table of links" in unused.stderr) == (2, True)
    without = run(*base, "load", "projects", str(data), "--source", "x", "--links", str(own))
    assert (without.exit_code, "works only with --profile" in without.stderr) == (2, True)


def test_the_table_in_use_is_named_and_printed() -> None:
    assert "table of links: sector-links " in answer("profiles", "show", "gcdf3")
    assert "table of links" not in answer("profiles", "show", "cgit")
    assert answer("profiles", "links") == links_table().read_text(encoding="utf-8")
