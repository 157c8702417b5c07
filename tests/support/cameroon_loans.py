"""Two real lists of loans to Cameroon, with decisions on which rows are the same."""

import csv
from pathlib import Path

from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest
from support.standing import Standing

CARI, AIDDATA = "sais-cari-2021", "aidata-gcof-1"
#: The files by profile, and the column with the country.
FILES = {
    "cari": ("cari_loans_2021.csv", "Country"),
    "gcof1": ("gcof1_africa.csv", "recipient_condensed"),
}
#: The sources as the decisions name them.
KEYS = {"sais-cari-2021": CARI, "aiddata-gcof-1.0": AIDDATA}
#: Loans and export credits of the years that both lists have.
FILTERS = {
    "country": ("Cameroon",), "year": ("2000..2014",), "instrument": ("loan", "export-credit"),
}  # fmt: skip


def load_cameroon(standing: Standing, shared: Path, folder: Path) -> None:
    """Load the rows of both lists on Cameroon, and the decisions."""
    for name, (file, column) in FILES.items():
        path = folder / file
        with (shared / "data" / file).open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            own = [row for row in rows if row[column] == "Cameroon"]
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows.fieldnames or ())
            writer.writeheader()
            writer.writerows(own)
        profile = profile_of(name)
        load_file(standing.engine, LoadRequest("", str(path), profile.source, profile=profile))
    standing.load("decisions", decisions(shared), source="judge")


def decisions(shared: Path) -> str:
    """Return the decisions as a load file."""
    lines = ["left,right,relation,reviewer,decided_at"]
    path = shared / "gold" / "matching" / "cameroon_decisions.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            refs = (
                f"{KEYS[row[f'{side}_source']]}/finance/{row[f'{side}_id']}"
                for side in ("left", "right")
            )
            lines.append(f"{','.join(refs)},{row['relation']},judge,2026-11-29")
    return "\n".join(lines) + "\n"
