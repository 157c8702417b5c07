"""Fields read by column are those read row by row, with the same problems and notes."""

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bricoop.domain.problem import Origin, Problem
from bricoop.ingest.layouts.clean import BadValueError, Doubt
from bricoop.ingest.profile.model import Profile
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.row_translator import Translator
from bricoop.ingest.profile.rows import ProfileRows
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.rows import Outcomes
from support.profile_rules import profile_text

HEADER = ["No", "Name", "Country", "Kind", "Start", "Guess", "Amount", "Adjusted", "Note"]
RULES = """
[maps.kinds]
"Rail" = "railway"
"Port" = "port"

[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "m-{No}" }
name = "Name"
countries = { column = "Country", separator = "|" }
kind = { column = "Kind", map = "kinds", unmapped = "drop" }
started = [
    { column = "Start", date = true, estimated = "Guess" },
    { column = "Guess", when = { Guess = "2*" } },
]
located = { constant = "yes", when = { Note = "*" } }
description = "Note"

[[records]]
noun = "finance"
id = ["No"]
needs = ["amount"]
[records.fields]
project = { template = "m-{No}" }
kind = { constant = "commitment" }
amount = { column = "Amount", number = true }
amount_usd = { column = "Amount", number = true }
adjusted_usd = { column = "Adjusted", number = true, unless = "Amount", blank = "0" }
currency = { constant = "USD" }

[[records]]
noun = "finance"
id = ["Note"]
label = "note"
needs = ["project", "amount"]
[records.fields]
project = { template = "m-{Note}" }
kind = { constant = "commitment" }
amount = { column = "Amount", number = true }
currency = { constant = "USD" }
"""
#: Rows by batch: few values for each column, of which some are wrong and some raise a doubt.
ROWS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "3", "a-1", "A 1", "x"]),
            st.sampled_from(["Hub", " Hub ", "", "Quay total", "Größe\u200b"]),
            st.sampled_from(["Kenya", "Congo", "Kenya|Congo", "Atlantis", ""]),
            st.sampled_from(["Rail", "Port", "Rocket", ""]),
            st.sampled_from(["2019-01-01", "2019-05-02", "soon", ""]),
            st.sampled_from(["yes", "2018", "no", ""]),
            st.sampled_from(["1", "0.12345678", "12.50", "many", ""]),
            st.sampled_from(["1", "7", "many", ""]),
            st.sampled_from(["", "A note", "'=1+1", "A 1", "a-1", "1"]),
        ),
        max_size=6,
    ),
    max_size=4,
)


class Places:
    """Places of which one is unknown and one has a namesake."""

    def __init__(self) -> None:
        """Start without doubts."""
        self.doubts: list[Doubt] = []

    def code(self, name: str) -> str:
        """Return a code, and doubt Congo."""
        if name == "Atlantis":
            rule = "is not a known country"
            raise BadValueError(rule)
        if name == "Congo":
            self.doubts.append(Doubt("is taken for one of two", "Which one?"))
        return name[:3].upper()

    def name(self, code: str) -> str:
        """Return the code."""
        return code


class Result(NamedTuple):
    """What becomes of a file."""

    outcomes: list[Outcomes]
    row_notes: list[Problem]
    notes: tuple[str, ...]


def result(profile: Profile, batches: list[list[tuple[str, ...]]]) -> Result:
    """Prepare the rows of a file in batches."""
    rows = ProfileRows(profile, profile.styles, Origin("f.csv"), HEADER, Places())
    outcomes: list[Outcomes] = []
    row_notes: list[Problem] = []
    line = 1
    for batch in batches:
        numbered = [SourceRow(line + number, list(row)) for number, row in enumerate(batch, 1)]
        outcomes.append(rows.prepare(numbered, ()))
        row_notes += sorted(rows.take_row_notes(), key=lambda note: note.line)
        line += len(batch)
    return Result(outcomes, row_notes, rows.notes)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A profile with each kind of rule for a field."""
    path = tmp_path_factory.mktemp("rules") / "rules.toml"
    path.write_text(profile_text(RULES), encoding="utf-8")
    return profile_of(str(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=ROWS)
def test_columns_and_rows_give_the_same(
    profile: Profile, batches: list[list[tuple[str, ...]]]
) -> None:
    by_column = result(profile, batches)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Translator, "prepare_many", lambda *_: None)
        assert by_column == result(profile, batches)


def test_of_two_rows_with_the_same_key_the_later_is_refused(profile: Profile) -> None:
    rows: list[tuple[str, ...]] = [
        ("1", "Hub", "Kenya", "Rail", "2019-05-02", "", "5", "6", "A 1"),
        ("a-1", "Quay", "Kenya", "Port", "2019-05-02", "", "5", "6", "2"),
    ]
    (outcomes,) = result(profile, [rows]).outcomes
    rule = "becomes the key 'm-a-1', which line 2 has for another value"
    assert [(problem.line, problem.rule) for problem in outcomes.problems] == [(3, rule)]


def test_a_batch_without_faults_is_read_by_column(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    good: list[tuple[str, ...]] = [
        (str(n), f"Hub {n}", "Kenya", "Rail", "2019-05-02", "", "5", "6", "") for n in range(9)
    ]
    monkeypatch.setattr(Translator, "_read_row", None)
    assert [len(outcomes.records[0]) for outcomes in result(profile, [good]).outcomes] == [9]
    with pytest.raises(TypeError):
        result(profile, [[*good, ("x", "Hub", "Atlantis", "", "", "", "", "", "")]])
