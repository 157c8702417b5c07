"""Values cite the cells from which a rule read them, and those by which the rule was chosen."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.db.headers import headers_of
from bricoop.db.schema import record, source
from support.profile_rules import profile_text, running
from support.standing import Standing

#: Fields that each have several rules, with the cells from which rows `1` and `2` read them.
ALTERNATIVES = """
[[records]]
noun = "projects"
id = ["No"]

[records.fields]
name = [{ template = "{Title}, {Place}" }, { column = "Place" }]
status = [
    { constant = "completed", when = { Remark = "done *" } },
    { column = "State", map = { Built = "completed", Unknown = "" }, unmapped = "drop" },
    { column = "Stage", map = { Works = "implementation" } },
]
started = [{ column = "Begin", unless = "End" }, { column = "Signed" }]
completed = { columns = ["End", "Signed"], empty = ["-"] }
sector = [{ column = "Code", map = { 210 = "210" }, unmapped = "drop" }, { constant = "310" }]
countries = "Place"

[[records]]
noun = "organizations"
id = ["No"]
label = "builder"

[records.fields]
name = "Builder"
country = [{ constant = "China", when = { Home = "here" } }, { column = "Place" }]

[[records]]
noun = "organizations"
id = ["No"]
label = "owner"

[records.fields]
name = "Owner"
country = { column = "Home", map = { here = "Kenya" }, unmapped = "keep" }
"""
ALTERNATIVE_ROWS = """\
No,Title,Place,Remark,State,Stage,Begin,End,Signed,Code,Builder,Owner,Home
1,Port,Kenya,done well,Built,Works,2015,2016,2014,210,B1,O1,here
2,,Uganda,to be done,Unknown,Works,2016,2016,2014,999,B2,O2,Egypt
3,Road,Ghana,,Other,Works,,-,2014,,B3,O3,Ghana
"""
READ = {
    "projects": {
        "1": {
            "name": ["Title", "Place"], "status": ["Remark"], "started": ["Begin"],
            "completed": ["End"], "sector": ["Code"],
        },
        "2": {
            "name": ["Place"], "status": ["Stage"], "started": ["Signed"], "completed": ["End"],
            "sector": [],
        },
        "3": {
            "name": ["Title", "Place"], "status": ["Stage"], "started": ["Signed"],
            "completed": ["Signed"], "sector": [],
        },
    },
    "organizations": {
        "builder|1": {"name": ["Builder"], "country": ["Home"]},
        "builder|2": {"name": ["Builder"], "country": ["Place"]},
        "owner|1": {"name": ["Owner"], "country": ["Home"]},
    },
}  # fmt: skip


def test_a_value_cites_the_cell_by_which_its_rule_was_chosen(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    result = run(profile_text(ALTERNATIVES, styles='dates = ["%Y"]'), ALTERNATIVE_ROWS)
    read: dict[str, dict[str, dict[str, list[str]]]] = {}
    with reading(quick) as connection:
        for row in connection.execute(select(record).where(record.c.load_id == result.load_id)):
            header = headers_of(connection, [(row.load_id, row.noun)])[row.load_id, row.noun]
            read.setdefault(row.noun, {})[row.external_id] = {
                name: list(header.read_from(row.raw, name, row.external_id)) for name in row.fields
            }
    for noun, rows in READ.items():
        for number, cells in rows.items():
            assert {name: read[noun][number][name] for name in cells} == cells, (noun, number)


LISTS = """
[[records]]
noun = "projects"
id = ["No"]

[records.fields]
name = "No"
financiers = [
    { column = "A", separator = ";", map = { none = "", nil = "" }, unmapped = "keep" },
    { column = "B" },
]
status = [
    { column = "S", map = { done = "completed" }, unmapped = "drop", when = { F = "-" }, empty = ["-"] },
    { column = "T" },
]

[[records]]
noun = "organizations"
id = ["No"]
label = "lender"

[records.fields]
name = "B"
"""
LISTS_ROWS = f"""\
No,A,B,S,F,T
1,none;nil,CDB,done,-,
{"L" * 250},none;Exim,CCB,-,-,pledged
"""


def test_values_of_lists_and_of_long_ids_cite_their_cells(quick: Engine, tmp_path: Path) -> None:
    result = running(quick, tmp_path)(profile_text(LISTS), LISTS_ROWS)
    read: dict[str, list[list[str]]] = {"projects": [], "organizations": []}
    with reading(quick) as connection:
        query = select(record).where(record.c.load_id == result.load_id).order_by(record.c.id)
        for row in connection.execute(query):
            header = headers_of(connection, [(row.load_id, row.noun)])[row.load_id, row.noun]
            read[row.noun] += [
                list(header.read_from(row.raw, name, row.external_id))
                for name in ("financiers", "status", "name") if name in row.fields
            ]  # fmt: skip
    assert read == {
        "projects": [["B"], ["S"], ["No"], ["A"], ["T"], ["No"]],
        "organizations": [["B"], ["B"]],
    }


@pytest.mark.later_on_postgresql
def test_the_country_of_an_agency_cites_its_type_or_the_recipient(africa: Standing) -> None:
    with reading(africa.engine) as connection:
        rows = connection.execute(
            select(record)
            .join(source, source.c.id == record.c.source_id)
            .where(
                source.c.key == "aidata-gcdf-3",
                record.c.noun == "organizations",
                record.c.external_id.startswith("Implementing Agencies|"),
            )
        ).all()
        headers = headers_of(connection, [(row.load_id, row.noun) for row in rows])
    cited = {
        (row.fields["country"] == "CHN", *headers[row.load_id, row.noun].read_from(
            row.raw, "country", row.external_id
        ))
        for row in rows
        if "country" in row.fields
    }  # fmt: skip
    assert cited == {(True, "Implementing Agencies Type"), (False, "Recipient ISO-3")}


def test_a_base_whose_values_cite_conditions_is_whole(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    run(profile_text(ALTERNATIVES, styles='dates = ["%Y"]'), ALTERNATIVE_ROWS)
    with reading(quick) as connection:
        assert [result.name for result in check(connection) if result.violations] == []
