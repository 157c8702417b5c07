"""Random load files with few ids and names, so that several loads affect the same records."""

import csv
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from support.profile_rules import profile_text

#: Few names, so that loads share them; some are spelt in two ways.
PROJECTS = ["Hub", "hub", "New Port", "Old Dam", "Gwadar Port"]
BANKS = ["Bank X", "bank x", "Fund Y", "CDB"]
#: Columns of the files of each noun; the file without a noun is read by a profile.
COLUMNS = {
    "projects": [
        "id",
        "key",
        "name",
        "kind",
        "countries",
        "financiers",
        "aliases",
        "description",
        "capacity",
        "capacity_unit",
    ],
    "organizations": ["id", "name", "kind", "country", "aliases"],
    "finance": ["id", "project", "kind", "financier", "amount", "currency"],
    "agreements": ["id", "name", "kind", "countries", "organizations", "aliases"],
    "participations": ["id", "project", "organization", "role"],
    "locations": ["id", "project", "name", "latitude", "longitude", "precision"],
    "statistics": ["id", "subject", "indicator", "value", "unit", "period"],
    "names": ["id", "subject", "name", "kind"],
    "": ["No", "Name", "Country", "Bank", "Amount"],
}
IDS = st.integers(1, 3).map(str)
COUNTRIES = st.sampled_from(["", "Belarus", "Kenya"])
#: One of them is invalid, so that its row is rejected.
KINDS = st.sampled_from(["port", "road", "", "", "prt"])
#: Capacities with their units; one lacks its unit, so that its row is rejected.
CAPACITIES = st.sampled_from([("", ""), ("", ""), ("600", "MW"), ("0.6", "GW"), ("5", "")])
ROWS = {
    "projects": st.tuples(
        IDS, st.sampled_from(["", "", "", "", "hub", "hub-2"]), st.sampled_from(PROJECTS), KINDS,
        COUNTRIES, st.sampled_from(["", *BANKS]),
        st.sampled_from(["", *PROJECTS, "Dam"]), st.sampled_from(["", "large"]), CAPACITIES,
    ).map(lambda cells: (*cells[:-1], *cells[-1])),
    "organizations": st.tuples(
        IDS, st.sampled_from(BANKS), st.sampled_from(["", "fund"]), COUNTRIES,
        st.sampled_from(["", *BANKS, "XB"]),
    ),
    "finance": st.tuples(
        IDS, st.sampled_from([*PROJECTS, "Dam"]), st.sampled_from(["pledge", "commitment"]),
        st.sampled_from(["", *BANKS, "XB"]), st.sampled_from(["1", "2"]), st.just("USD"),
    ),
    "agreements": st.tuples(
        IDS, st.sampled_from(["Pact", "Port Pact", "Hub"]), st.sampled_from(["", "mou", "mau"]),
        COUNTRIES, st.sampled_from(["", *BANKS, "XB"]), st.sampled_from(["", "Pact", "Old Dam"]),
    ),
    "participations": st.tuples(
        IDS, st.sampled_from(PROJECTS), st.sampled_from(BANKS),
        st.sampled_from(["funding", "contractor", "owner"]),
    ),
    "locations": st.tuples(
        IDS, st.sampled_from(PROJECTS), st.sampled_from(["", "Minsk"]), st.sampled_from(["53", "1"]),
        st.sampled_from(["27", "181"]), st.sampled_from(["exact", "approximate"]),
    ),
    "statistics": st.tuples(
        IDS, st.sampled_from([*PROJECTS, *BANKS, "Belarus", "Pact"]), st.just("length"),
        st.sampled_from(["1", "2", "x"]), st.just("km"), st.sampled_from(["", "2015"]),
    ),
    "names": st.tuples(
        IDS, st.sampled_from([*PROJECTS, *BANKS, "Pact"]), st.sampled_from([*PROJECTS, *BANKS, "Zed"]),
        st.sampled_from(["spelling", "translation", "speling"]),
    ),
    "": st.tuples(
        IDS, st.sampled_from(PROJECTS), COUNTRIES, st.sampled_from(["", *BANKS]),
        st.sampled_from(["1", "2", "x"]),
    ),
}  # fmt: skip
NOUNS = tuple(COLUMNS)
#: A profile: rows of a project and its finance, and optionally of an organization.
PROFILE = profile_text(
    """
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
name = "Name"
countries = "Country"
[[records]]
noun = "finance"
id = ["No"]
[records.fields]
project = "Name"
kind = { constant = "commitment" }
financier = "Bank"
currency = { constant = "USD" }
amount = { column = "Amount", number = true }
[[records]]
noun = "organizations"
id = ["No"]
needs = ["name"]
[records.fields]
name = "Bank"
country = "Country"
"""
)


class Step(NamedTuple):
    """A load of a file.

    Attributes:
        source: who says it; sources differ in tier, so that values are chosen among them.
        noun: what its rows are.
        rows: its rows; one that was refused is empty.
        complete: whether it is a complete edition.
    """

    source: int
    noun: str
    rows: tuple[tuple[str, ...], ...]
    complete: bool


STEPS = st.sampled_from(NOUNS).flatmap(
    lambda noun: st.builds(
        Step,
        st.integers(1, 3),
        st.just(noun),
        st.lists(ROWS[noun], min_size=1, max_size=3, unique_by=lambda row: row[0]).map(tuple),
        st.booleans(),
    )
)


def load_step(engine: Engine, folder: Path, step: Step, **more: Any) -> LoadResult:
    """Load a file; rejected rows are no error."""
    path = folder / "step.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS[step.noun])
        writer.writerows(row or [""] * len(COLUMNS[step.noun]) for row in step.rows)
    described = SourceSpec(f"source-{step.source}", title="A source", tier=step.source + 2)
    profile = None
    if not step.noun:
        rules = folder / "rules.toml"
        rules.write_text(PROFILE, encoding="utf-8")
        profile = profile_of(str(rules))
    request = LoadRequest(
        step.noun, str(path), described, profile=profile, complete=step.complete, **more
    )
    try:
        return load_file(engine, request)
    except RowsRejectedError as error:
        return error.result
