"""Generates load files of projects and finance in the native layout of `bricoop template`."""

import csv
import random
import sys
from decimal import Decimal
from pathlib import Path

from bricoop.ingest.layouts.registry import layout_of

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


#: Syllables of three thousand rarer words of texts.
STARTS = ("ka", "lo", "mer", "tan", "vi", "sor", "bel", "du", "ri", "pan", "no", "hul", "ge", "zam")
ENDS = (
    "dra",
    "lin",
    "mo",
    "sk",
    "ta",
    "ren",
    "vo",
    "ki",
    "nd",
    "ra",
    "sha",
    "tel",
    "u",
    "za",
    "io",
)
RARE = tuple(f"{start}{other}{end}" for start in STARTS for other in STARTS for end in ENDS)
CHINESE = (
    "中国",
    "河",
    "北",
    "南",
    "东",
    "西",
    "金",
    "绿",
    "路桥",
    "铁路",
    "港口",
    "电站",
    "丝绸",
    "友谊",
)
FINANCE = ("id", "project", "kind", "financier", "instrument", "amount", "currency", "amount_usd",
           "amount_usd_constant", "price_year", "date", "umbrella", "adjusted_usd", "maturity",
           "interest_rate")  # fmt: skip

DECISION = ("left", "right", "relation", "reviewer", "decided_at")


def write_projects(path: Path, rows: int, seed: int = 7, *, rich: bool = False) -> None:
    """Write a file of projects; the same seed writes the same file.

    Files of several seeds describe the same projects and disagree on most values, as two sources.

    Args:
        path: the file.
        rows: how many.
        seed: which ones.
        rich: whether every fifth has a Chinese name, every tenth is a part of the one before, and
            texts have rarer words.
    """
    draw = random.Random(seed)  # noqa: S311 (a benchmark's data, and no secret)
    header = [column.name for column in layout_of("projects").columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
        writer.writeheader()
        for number in range(rows):
            row = _project(draw, number)
            writer.writerow({**row, **_enriched(draw, number, row)} if rich else row)


def write_finance(path: Path, rows: int, seed: int = 11, *, rich: bool = False) -> None:
    """Write a row of finance for each project of `write_projects`.

    Args:
        path: the file.
        rows: how many.
        seed: which ones.
        rich: whether there are umbrellas, rolled-over amounts and stated amounts of 20 digits.
    """
    draw = random.Random(seed)  # noqa: S311 (as above)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FINANCE, restval="", lineterminator="\n")
        writer.writeheader()
        for number in range(rows):
            row = _money(draw, number)
            writer.writerow({**row, **_unusual(number, row)} if rich else row)


def write_decisions(path: Path, rows: int, left: str, right: str) -> None:
    """Write decisions that make rows of finance of two sources, and so their projects, one.

    Both sources have projects with keys of `write_projects`, of which two that follow each other
    become one.

    Args:
        path: the file.
        rows: how many.
        left: the key of a source with finance of `write_finance`.
        right: the key of the other source.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, DECISION, lineterminator="\n")
        writer.writeheader()
        for number in range(rows):
            sides = (f"{left}/finance/F{2 * number:07d}", f"{right}/finance/F{2 * number + 1:07d}")
            writer.writerow(
                dict(zip(DECISION, (*sides, "same-deal", "ana", "2024-05-06"), strict=True))
            )


def _money(draw: random.Random, number: int) -> dict[str, str]:
    usd = draw.randint(1, 10**9)
    return {
        "id": f"F{number:07d}",
        "project": f"project-{number:07d}",
        "kind": draw.choice(("commitment", "commitment", "pledge")),
        "financier": draw.choice(LENDERS),
        "instrument": draw.choice(("loan", "grant")),
        "amount": f"{usd * 7}.5",
        "currency": draw.choice(("CNY", "CNY", "EUR")),
        "amount_usd": "" if number % 6 == 0 else f"{usd}.25",
        "amount_usd_constant": "" if number % 6 == 0 else f"{usd + 7}.125",
        "price_year": "" if number % 6 == 0 else "2021",
        "date": f"{draw.randint(2000, 2021)}-{draw.randint(1, 12):02d}",
        "maturity": str(draw.choice((5, 10, 15, 20))),
        "interest_rate": str(draw.choice((2, 2.5, 3, 4.75))),
    }


def _unusual(number: int, row: dict[str, str]) -> dict[str, str]:
    """Return what changes in some rows: umbrellas, rolled-over amounts, and long amounts."""
    changed = {"umbrella": "yes"} if number % 50 == 0 else {}
    if number % 40 == 1 and row["amount_usd"]:
        changed["adjusted_usd"] = str(Decimal(row["amount_usd"]) / 3)[:12]
    if number % 100 == 1:
        changed["amount"] = f"{10**19 + number}.123456"
    return changed


def _enriched(draw: random.Random, number: int, row: dict[str, str]) -> dict[str, str]:
    words = " ".join(draw.choices(RARE, k=12))
    chinese = "".join(draw.sample(CHINESE, 4)) if number % 5 == 0 else ""
    return {
        "key": f"project-{number:07d}",
        "name_zh": chinese,
        # Half of the parts name the whole by its key, and half by its id in the source.
        "parent": {1: f"project-{number - 1:07d}", 11: f"P{number - 1:07d}"}.get(number % 20, ""),
        "description": f"{row['description']} {words.capitalize()}.",
    }


def _project(draw: random.Random, number: int) -> dict[str, str]:
    kind = draw.choice(KINDS)
    began = draw.randint(2000, 2020)
    place_name = " ".join(draw.sample(WORDS, 2)).title()
    return {
        "id": f"P{number:07d}",
        "name": f"{place_name} {kind.replace('-', ' ').title()} {number}",
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
        "stated_name": f"{place_name} {kind}",
        "description": " ".join(draw.choices(WORDS, k=14)).capitalize() + ".",
        "locator": f"sheet 1, row {number + 2}",
    }


if __name__ == "__main__":
    write_projects(Path(sys.argv[2]), int(sys.argv[1]))
