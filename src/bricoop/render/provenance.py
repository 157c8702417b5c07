"""The sidecar file of an export: a JSON file with question, sources and digest."""

from typing import TextIO

from bricoop.query.provenance import Provenance
from bricoop.render.data import to_json


def write_provenance(
    about: Provenance, *, file: str, sha256: str, rows: int, left_out: int, out: TextIO
) -> None:
    """Write the provenance of an exported file, with the SHA-256 digest of the file."""
    fields = {"file": file, "sha256": sha256, "rows": rows, "rows_left_out": left_out}
    out.write(to_json(about.to_dict(**fields), indented=True) + "\n")
