"""Search documents written during a load match the state of the database at its end."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.search import documents
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.transform.batches import batch_size
from support.loading import Load
from support.searching import hit_count, hit_keys, is_whole

pytestmark = pytest.mark.later_on_postgresql

#: A layout whose rows name a bank, and now and then say how else it is called.
BANKS = """
title = "Banks"
[source]
key = "notes"
title = "My notes"
tier = 5
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
name = "Name"
countries = "Country"
financiers = "Bank"
description = "About"
[[records]]
noun = "organizations"
id = ["Bank", "Alias"]
needs = ["former_names"]
[records.fields]
name = "Bank"
former_names = "Alias"
"""
COLUMNS = 480
ROWS = batch_size(COLUMNS)


def banks(folder: Path, *last: str) -> LoadRequest:
    """Return the load of a file of two batches and some more rows."""
    profile, path = folder / "banks.toml", folder / "banks.csv"
    profile.write_text(BANKS, encoding="utf-8")
    header = ["No", "Name", "Country", "Bank", "Alias", "About"]
    header += [f"c{number}" for number in range(COLUMNS - len(header))]
    about = "wind “mills” " * 20
    rows = [f"{n},Hub {n},Belarus,Bank {n % 9},,{about}" for n in range(2 * ROWS)]
    lines = (",".join(row.split(",") + [""] * (COLUMNS - 6)) for row in (*rows, *last))
    path.write_text("\n".join([",".join(header), *lines]) + "\n", encoding="utf-8")
    custom = profile_of(str(profile), None)
    return LoadRequest("", str(path), custom.source, profile=custom)


@pytest.mark.parametrize("remembered", [50_000, 3])
def test_a_name_that_comes_late_is_found_in_documents_that_were_made_before(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr(documents, "_REMEMBERED", remembered)
    load_file(engine, banks(tmp_path, "x,Last Hub,Belarus,Bank 3,Zubrbank,"))
    assert is_whole(engine)
    assert hit_keys(engine, "last zubrbank") == ["last-hub"]
    assert hit_count(engine, "hub zubrbank") == 1 + len(range(3, 2 * ROWS, 9))


def test_an_entity_of_which_a_later_batch_says_more_is_found_by_that(
    engine: Engine, tmp_path: Path
) -> None:
    request = banks(tmp_path, "x,HUB 3,Belarus,Orshabank,,Sun flowers")
    # Without ids of their own, rows of one name in one country describe one project.
    name_ids = BANKS.replace('id = ["No"]', 'id = ["Name"]')
    (tmp_path / "banks.toml").write_text(name_ids, encoding="utf-8")
    custom = profile_of(str(tmp_path / "banks.toml"), None)
    load_file(engine, replace(request, profile=custom))
    assert is_whole(engine)
    assert hit_keys(engine, "hub orshabank") == ["hub-3"]


def test_long_texts_are_found_by_their_words(engine: Engine, load: Load) -> None:
    long = f"«Größe» {'a' * 64} {'b' * 65} {'c' * 200}" + " 奥尔沙 x" * 60
    load("projects", f"name,countries,description\nOrsha Hub,Belarus,{long}\n")
    assert is_whole(engine)
    assert hit_keys(engine, f"grosse {'b' * 64}") == hit_keys(engine, "奥尔沙") == ["orsha-hub"]
