"""Writes a load file of generated projects in the native layout of `bricoop template`."""

import csv
import random
import sys
from pathlib import Path

from bricoop.ingest.registry import layout_of

COUNTRIES = (
    "Belarus", "Pakistan", "Kenya", "Laos", "Viet Nam", "Ethiopia", "Kazakhstan", "Serbia",
    "Sri Lanka", "Egypt", "Hungary", "Indonesia", "Côte d'Ivoire", "Greece", "Zambia", "Peru",
)  # fmt: skip
KINDS = ("railway", "port", "industrial-park", "road", "power-plant", "telecoms", "airport")
STATUSES = ("pledged", "committed", "implementation", "completed", "operation", "cancelled")
LINKS = ("policy", "facility", "trade", "finance", "people")
LENDERS = (
    "Export-Import Bank of China", "China Development Bank", "Silk Road Fund",
    *(f"Regional Bank {number}" for number in range(200)),
)  # fmt: skip
WORDS = (
    "river", "north", "south", "east", "west", "gold", "green", "silk", "union", "harmony",
    "bright", "valley", "lake", "mountain", "city", "gate", "bridge", "line", "hub", "delta",
)  # fmt: skip


def write_projects(path: Path, rows: int, seed: int = 7) -> None:
    """Write so many projects; the same seed writes the same file."""
    draw = random.Random(seed)  # noqa: S311 (a benchmark's data, and no secret)
    header = [column.name for column in layout_of("projects").columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
        writer.writeheader()
        for number in range(rows):
            writer.writerow(_project(draw, number))


def _project(draw: random.Random, number: int) -> dict[str, str]:
    kind = draw.choice(KINDS)
    began = draw.randint(2000, 2020)
    place = " ".join(draw.sample(WORDS, 2)).title()
    return {
        "id": f"P{number:07d}",
        "name": f"{place} {kind.replace('-', ' ').title()} {number}",
        "kind": kind,
        "status": draw.choice(STATUSES),
        "countries": "; ".join(draw.sample(COUNTRIES, draw.choice((1, 1, 1, 2)))),
        "links": "; ".join(draw.sample(LINKS, draw.choice((1, 1, 2)))),
        "sector": draw.choice(("21030", "21040", "23110", "22040", "32110")),
        "announced": str(began - 1),
        "started": f"{began}-{draw.randint(1, 12):02d}",
        "completed": str(began + draw.randint(1, 6)),
        "financiers": draw.choice(LENDERS),
        "contractors": f"Contractor {draw.randint(1, 500)}",
        "stated_name": f"{place} {kind}",
        "description": " ".join(draw.choices(WORDS, k=14)).capitalize() + ".",
        "locator": f"sheet 1, row {number + 2}",
    }


if __name__ == "__main__":
    write_projects(Path(sys.argv[2]), int(sys.argv[1]))
