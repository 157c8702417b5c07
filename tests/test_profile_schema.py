"""The documentation of profiles lists the same keys and defaults as the code."""

import re
from pathlib import Path

import msgspec
import pytest

from bricoop.ingest.profile import schema
from support.command_line import run

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "profiles.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[msgspec.Struct]] = {
    "The profile": schema.ProfileDocument,
    "`[source]`": schema.SourceTable,
    "`[file]`": schema.FileTable,
    "`[styles]`": schema.StylesTable,
    "`[controls]`": schema.ControlsTable,
    "`[[skip]]`": schema.SkipTable,
    "`[unpivot]`": schema.UnpivotTable,
    "`[[records]]`": schema.RecordTable,
    "`[records.fields]`": schema.FieldTable,
}
#: Keys of which exactly one must be given, although each is optional.
CHOICES = {"column", "columns", "constant", "template"}


def rows_of(section: str) -> dict[str, list[str]]:
    """Return the rows of the table of keys in a section of the page: type, default, meaning."""
    section_text = PAGE.partition(f"\n### {section}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \|(.*?)\|(.*?)\|(.*)\|$", section_text, re.MULTILINE)
    return {key: [cell.strip() for cell in cells] for key, *cells in rows}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_a_profile_is_documented(section: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(SECTIONS[section])}
    documented = rows_of(section)
    assert set(documented) == set(fields)
    for key, (kind, default, meaning) in documented.items():
        assert kind
        assert meaning
        field = fields[key]
        if field.required:
            assert default == "", f"{key} must be there"
        elif key not in CHOICES | {"file", "styles"}:
            assert default, f"{key} has a default"
        if isinstance(field.default, bool):
            assert default == f"`{str(field.default).lower()}`"


def test_every_table_of_a_profile_has_a_section() -> None:
    tables = {
        member
        for member in vars(schema).values()
        if isinstance(member, type)
        and issubclass(member, msgspec.Struct)
        and member.__module__ == schema.__name__
    }
    assert tables == set(SECTIONS.values())


def test_a_factor_that_is_no_number_is_refused_by_its_key(shared: Path) -> None:
    case = shared / "cases" / "20-multiply-not-number"
    refused = run("profiles", "check", str(case / "p.toml"), str(case / "multi.csv"))
    assert refused.exit_code == 2
    assert re.search(
        r"records\[\d\]\.fields\.\w+\.multiply is '.*', which is not a number", refused.stderr
    )
