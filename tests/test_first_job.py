"""The first task of a new user: load a whole dataset, then get a total and a report."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from support.command_line import process
from support.gcdf import ROWS, write_gcdf


@pytest.mark.full
def test_a_full_size_dataset_loads_into_a_new_file_and_is_counted(tmp_path: Path) -> None:
    dataset, database = tmp_path / "gcdf.csv", str(tmp_path / "new.sqlite")
    signed = write_gcdf(dataset)

    loaded = process("--db", database, "load", "--profile", "gcdf3", str(dataset), home=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    assert "Created a new knowledge base" in loaded.stderr
    assert f"{ROWS:,} new, 0 changed, 0 unchanged, 0 rejected" in loaded.stderr

    total = process("--db", database, "total", "-f", "json", home=tmp_path)
    assert total.returncode == 0, total.stderr
    (figure,) = [
        candidate
        for candidate in json.loads(total.stdout, parse_float=Decimal)["figures"]
        if candidate["source"] == "aidata-gcdf-3"
    ]
    assert figure["amount"] == signed

    report = process("--db", database, "report", "country", "Kenya", home=tmp_path)
    assert report.returncode == 0, report.stderr
    assert "Kenya" in report.stdout
