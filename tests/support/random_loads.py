"""Random small loads, whose names often collide."""

import random
from pathlib import Path

from sqlalchemy import Engine

from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec

ORGANIZATIONS = ("Bank of Minsk", "Bank A", "CDB", "Zoomlion", "Minsk Bank", "ACME")
PROJECTS = ("Orsha Hub", "Gwadar Port", "Lida Hub", "Hub X")
COUNTRIES = ("Belarus", "Kenya", "Mali", "Belarus; Kenya", "")
#: For each noun its header, and what each of the cells after `id` may hold.
NOUNS: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "projects": (
        "id,name,kind,countries,financiers,contractors,aliases,description",
        (PROJECTS, ("port", ""), COUNTRIES, (*ORGANIZATIONS, "CDB; ACME", ""), ("", "Bank A; CDB"),
         ("", "Alias One", "Hub X"), ("", "One", "Two")),
    ),
    "organizations": (
        "id,name,kind,country,roles,aliases",
        (ORGANIZATIONS, ("fund", ""), ("Kenya", ""), ("financier", ""), ("", "Bank A", "Alias O")),
    ),
    "finance": ("id,project,kind,financier", (PROJECTS, ("pledge",), (*ORGANIZATIONS, ""))),
    "participations": (
        "id,project,organization,role", (PROJECTS, ORGANIZATIONS, ("operator", "funding")),
    ),
    "names": (
        "id,subject,name,kind",
        ((*PROJECTS, *ORGANIZATIONS, "Belarus"), ("Neu A", "Bank A", "Hub X"), ("spelling",)),
    ),
    "statistics": (
        "id,subject,indicator,value", ((*PROJECTS, "CDB", "Belarus"), ("size",), ("1", "2")),
    ),
    "agreements": (
        "id,name,countries,organizations", (("Pact 1", "Pact 2"), COUNTRIES, (*ORGANIZATIONS, "")),
    ),
    "policies": ("id,name,countries,issuers", (("Plan 1",), COUNTRIES, (*ORGANIZATIONS, ""))),
}  # fmt: skip


def some_load(chance: random.Random, folder: Path) -> LoadRequest:
    """Return a load of one to three rows of a random noun, written to `some.csv` in a folder."""
    noun = chance.choice(list(NOUNS))
    header, cells = NOUNS[noun]
    rows = [
        ",".join([f"{chance.choice((1, 2))}{at}", *(chance.choice(choices) for choices in cells)])
        for at in range(chance.randint(1, 3))
    ]
    path = folder / "some.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    key, tier = chance.choice([("one", 2), ("two", 6)])
    spec = SourceSpec(key, title=key, tier=tier)
    return LoadRequest(noun, str(path), spec, complete=chance.random() < 0.5)


def load_some(engine: Engine, chance: random.Random, folder: Path) -> list[int]:
    """Load two to four random files; return the ids of the loads that were not refused."""
    done = []
    for _ in range(chance.randint(2, 4)):
        try:
            number = load_file(engine, some_load(chance, folder)).load_id
        except RowsRejectedError:
            continue
        assert number is not None
        done.append(number)
    return done
