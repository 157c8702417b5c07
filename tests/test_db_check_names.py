"""Tests of `bricoop db check` and `db rebuild` after organizations exchanged names."""

from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bricoop.db.engine import reading
from bricoop.ingest.check.derivation_check import Derivation
from bricoop.ingest.check.possible_meanings import Search
from bricoop.ingest.check.rebuild import rebuild
from support.examples import few_of
from support.loading import loading

#: Selects the organizations that take part in the project, in the order of the facts.
PARTS = """
SELECT part.role, organization.key FROM participation AS part
JOIN entity AS project ON project.id = part.entity_id AND project.key = 'ub-proj'
JOIN entity AS organization ON organization.id = part.organization_id
ORDER BY part.position
"""
#: Alterations of the facts of the project. Its country is at position 1, organizations follow.
DAMAGES = {
    "an organization replaced": """
UPDATE participation SET organization_id = (SELECT id FROM entity WHERE key = 'ub-other')
WHERE entity_id = (SELECT id FROM entity WHERE key = 'ub-proj') AND position = 3
""",
    "the last organization replaced": """
UPDATE participation SET organization_id = (SELECT id FROM entity WHERE key = 'ub-other')
WHERE entity_id = (SELECT id FROM entity WHERE key = 'ub-proj')
AND position = (SELECT max(position) FROM participation)
""",
    "an organization deleted": """
DELETE FROM participation
WHERE entity_id = (SELECT id FROM entity WHERE key = 'ub-proj') AND position = 3
""",
    "a fact added": """
INSERT INTO participation (record_id, position, entity_id, organization_id, role)
SELECT record_id, 90, entity_id, (SELECT id FROM entity WHERE key = 'ub-other'), role
FROM participation
WHERE entity_id = (SELECT id FROM entity WHERE key = 'ub-proj') AND position = 3
""",
    "a country deleted": """
DELETE FROM entity_country WHERE entity_id = (SELECT id FROM entity WHERE key = 'ub-proj')
""",
}
#: The organizations take part in two roles, one of each pair in each, or all in one role.
ROLES = ("financiers,contractors", "financiers")


def wrong(engine: Engine) -> list[str]:
    """Return the records whose facts differ from those derived again."""
    with reading(engine) as connection:
        return [str(defect) for defect in Derivation(connection).wrong()]


def parts(engine: Engine) -> list[tuple[str, str]]:
    """Return the organizations that take part in the project."""
    with reading(engine) as connection:
        return [(role, key) for role, key in connection.execute(text(PARTS))]


def exchange(engine: Engine, folder: Path, pairs: int, roles: str) -> None:
    """Load a project, and then an edition in which pairs of its organizations exchange names."""
    names = [f"Ub Name {number:02}" for number in range(2 * pairs)]
    load = loading(engine, folder)
    own = "".join(f"O{number},{name}\n" for number, name in enumerate(names))
    load("organizations", f"id,name\n{own}X,Ub Other\n", source="own")
    in_two = f"{';'.join(names[0::2])},{';'.join(names[1::2])}"
    cells = in_two if "," in roles else ";".join(names)
    load("projects", f"name,countries,{roles}\nUb Proj,Kenya,{cells}\n")
    other = "".join(f"O{number},{names[number ^ 1]}\n" for number in range(len(names)))
    load("organizations", f"id,name\n{other}X,Ub Other\n", source="own")


@pytest.mark.parametrize("pairs", [4, 8])
@pytest.mark.parametrize("roles", ROLES)
def test_a_record_whose_names_mean_others_now_is_sound(
    quick: Engine, tmp_path: Path, pairs: int, roles: str
) -> None:
    exchange(quick, tmp_path, pairs, roles)
    assert wrong(quick) == []


@pytest.mark.parametrize(("damage", "roles"), few_of(product(DAMAGES, ROLES), 5))
def test_what_was_altered_in_such_a_record_is_derived_again(
    quick: Engine, tmp_path: Path, damage: str, roles: str
) -> None:
    exchange(quick, tmp_path, 4, roles)
    before = parts(quick)
    with quick.begin() as connection:
        connection.execute(text(DAMAGES[damage]))
    assert len(wrong(quick)) == 1
    assert rebuild(quick).records == 1
    assert parts(quick) == before
    assert wrong(quick) == []


def test_what_cannot_be_told_of_such_a_record_stays_as_it_is(quick: Engine, tmp_path: Path) -> None:
    exchange(quick, tmp_path, 4, ROLES[0])
    with quick.begin() as connection:
        connection.execute(text("DELETE FROM participation WHERE role = 'funding'"))
    altered = parts(quick)
    assert rebuild(quick).left == 1
    assert parts(quick) == altered


@pytest.mark.parametrize(
    ("names", "stored", "unlike", "expected"),
    [
        ("a:x", [1], 0, [{"x": 1}]),
        ("a:x a:y", [1, 2], 0, [{"x": 1, "y": 2}]),
        ("a:x a:y", [2, 1], 0, [{"x": 2, "y": 1}]),
        # Two names of one organization in a cell are one fact; in two columns they are two.
        ("a:x a:y", [1], 0, [{"x": 1, "y": 1}]),
        ("a:x b:y", [1, 1], 0, [{"x": 1, "y": 1}]),
        ("a:x b:x", [1, 2], 0, []),
        ("a:x b:x", [2, 3], 1, [{"x": 2}]),
        ("a:x a:y", [1, 3], 0, []),
        # Either 3 was 2, or it was added.
        ("a:x a:y", [1, 3], 1, [{"x": 1, "y": 1}, {"x": 1, "y": 2}]),
        ("a:x", [3], 1, [{"x": 1}, {"x": 2}]),
        ("a:x", [3, 2], 1, [{"x": 2}]),
        (" ".join(f"a:{number}" for number in range(40)), list(range(40, 0, -1)), 1, None),
    ],
)
def test_names_are_matched_with_the_organizations_that_are_stored(
    names: str, stored: list[int], unlike: int, expected: list[dict[str, int]] | None
) -> None:
    named = [(column, name) for column, _, name in (pair.partition(":") for pair in names.split())]
    candidates = {name: [1, 2] if name.isalpha() else range(1, 41) for _, name in named}
    readings = Search(named, candidates, stored).readings(unlike)
    if expected is None:
        assert readings is None
    else:
        assert readings is not None
        assert sorted(readings, key=str) == sorted(expected, key=str)
