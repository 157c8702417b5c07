"""The sidecar of an export: a JSON file that says what the rows beside it are."""

from typing import TextIO

from bricoop.query.provenance import Provenance
from bricoop.render.data import to_json


def write_provenance(
    about: Provenance, *, file: str, sha256: str, rows: int, left_out: int, out: TextIO
) -> None:
    """Write where the rows of a file come from, with the digest by which the file is known."""
    fields = {"file": file, "sha256": sha256, "rows": rows, "rows_left_out": left_out}
    out.write(to_json(about.to_dict(**fields), indented=True) + "\n")
