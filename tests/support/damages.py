"""Damage that other programs may do to a database, and the checks that detect it."""

from typing import NamedTuple

from sqlalchemy import Engine, text

from support.command_line import run
from support.loading import Load

FACTS = "every record has the facts that follow from it"
SHOWN = "every entity shows the values of its best source"
TYPES = "every value is of the type of its column"
SAID = "every record matches its digest"
COUNTS = "the counts of every load match its records"
ENFORCED = "every foreign key is enforced, and no rows are hidden or unlogged"
PARTS = "indexes and views match this version, and there are no triggers"
SEARCH = "the search index matches the entities"
WHO = "the knowledge base and every load are described"
LOADS = "every load matches its checksum"
SOURCES = "every source matches its checksum"
OWN = "every entity has its own kind and key"
ABOUT = "every record is about the entity that its load named"
NAMES = "every entity has a name"
KEPT = "what loads replaced can be restored by undoing them"

PROJECTS = """\
id,name,kind,status,countries,financiers,aliases
1,Alpha Port,port,completed,Kenya,Bank X,Alpha Harbour
2,Beta Road,road,,Kenya; Uganda,Bank X; Bank Y,
"""
FINANCE = """\
id,project,kind,financier,amount,currency,amount_usd
1,Alpha Port,commitment,Bank X,7.1234567,CNY,1000000
2,Beta Road,pledge,Bank Y,5,USD,5
3,Beta Road,pledge,,6,USD,6
4,Beta Road,pledge,,7.5,USD,
"""


class Damage(NamedTuple):
    """An alteration of a database.

    Attributes:
        sql: the SQL that makes it.
        check: the check that finds it.
        can_be_derived: whether `db rebuild` brings it back.
    """

    sql: str
    check: str
    can_be_derived: bool = True


DAMAGES = {
    "all money deleted": Damage("DELETE FROM finance", FACTS),
    "one amount deleted": Damage("DELETE FROM finance WHERE currency = 'CNY'", FACTS),
    "an amount raised": Damage(
        "UPDATE finance SET amount_usd = amount_usd + 1000000000000 WHERE currency = 'CNY'",
        FACTS,
    ),
    "a fact added": Damage(
        "INSERT INTO entity_country (record_id, position, entity_id, country_id, role, basis) "
        "SELECT record_id, 900, entity_id, country_id, role, basis FROM entity_country "
        "WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')", FACTS,
    ),
    "a financier exchanged": Damage(
        "UPDATE participation SET organization_id = (SELECT id FROM entity WHERE name = 'Bank Y') "
        "WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')", FACTS,
    ),
    "a country exchanged": Damage(
        "UPDATE entity_country SET country_id = (SELECT id FROM country WHERE alpha3 = 'TCD') "
        "WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')", FACTS,
    ),
    "names deleted": Damage(
        "DELETE FROM alias WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')",
        FACTS,
    ),
    "the name of what is only mentioned deleted": Damage(
        "DELETE FROM alias WHERE name = 'Bank Y'", NAMES
    ),
    "a status changed": Damage(
        "UPDATE project SET status = 'cancelled' WHERE status = 'completed'", SHOWN
    ),
    "a name shown changed": Damage(
        "UPDATE entity SET name = 'Omega', normalised = 'omega' WHERE name = 'Alpha Port'",
        SHOWN,
    ),
    "what is of no kind": Damage(
        "DELETE FROM project WHERE id = (SELECT id FROM entity WHERE name = 'Alpha Port')",
        "every entity has a row in the table of its kind",
    ),
    "an entity of nobody": Damage(
        "INSERT INTO entity (id, kind, key, name, normalised) "
        "VALUES (90000, 'region', 'lost', 'Lost', 'lost')",
        "every entity has a record or a fact",
    ),
    "an index dropped": Damage("DROP INDEX ix_record_entity_id", PARTS),
    "an index replaced": Damage(
        "DROP INDEX ix_record_entity_id; CREATE INDEX ix_record_entity_id ON record (noun)",
        PARTS,
    ),
    "a view dropped": Damage("DROP VIEW v_projects", PARTS),
    "a view replaced": Damage(
        "DROP VIEW v_projects; CREATE VIEW v_projects AS SELECT key FROM entity", PARTS
    ),
    "search emptied": Damage("DELETE FROM search_document", SEARCH),
    "a field changed": Damage(
        "UPDATE record SET fields = '{\"name\":\"Alpha Port\",\"kind\":\"road\"}' "
        "WHERE stated_name IS NULL AND noun = 'projects' AND external_id = '1'", SAID, can_be_derived=False,
    ),
    "a digest changed": Damage(
        "UPDATE record SET digest = 'x' WHERE noun = 'finance' AND external_id = '2'", SAID, can_be_derived=False
    ),
    "a version changed": Damage("UPDATE record_version SET digest = 'x'", SAID, can_be_derived=False),
    "counts of a load changed": Damage(
        "UPDATE load SET rows_new = rows_new - 1, rows_unchanged = rows_unchanged + 1 "
        "WHERE noun = 'finance' AND file_name = 'finance.csv' AND rows_new > 0", COUNTS, can_be_derived=False,
    ),
    "a record said of another source": Damage(
        "UPDATE record SET source_id = 1 WHERE noun = 'finance' AND external_id = '2'",
        "every record has a load, and the source of that load", can_be_derived=False,
    ),
    "what a load replaced emptied": Damage("UPDATE load_effect SET row = '{}'", KEPT, can_be_derived=False),
    "rows gone changed": Damage("UPDATE load SET rows_gone = 7 WHERE id = 13", COUNTS, can_be_derived=False),
    "a header deleted": Damage(
        "DELETE FROM load_header WHERE load_id = 13", WHO, can_be_derived=False
    ),
    "the knowledge base's own row deleted": Damage("DELETE FROM knowledge_base", WHO, can_be_derived=False),
    "a place changed": Damage(
        "UPDATE record SET locator = 'page 1' WHERE noun = 'finance' AND external_id = '2'", LOADS,
        can_be_derived=False,
    ),
    "an external id changed": Damage(
        "UPDATE record SET external_id = 'x' WHERE noun = 'finance' AND external_id = '2'", LOADS,
        can_be_derived=False,
    ),
    "a record deleted": Damage(
        "DELETE FROM finance WHERE record_id = (SELECT max(id) FROM record WHERE noun = 'finance'); "
        "DELETE FROM record WHERE id = (SELECT max(id) FROM record WHERE noun = 'finance')", LOADS,
        can_be_derived=False,
    ),
    "a file's digest changed": Damage(
        "UPDATE load SET file_sha256 = 'x' WHERE id = 13", LOADS, can_be_derived=False
    ),
    "a profile changed": Damage(
        "UPDATE load SET profile = 'gcdf3' WHERE id = 13", LOADS, can_be_derived=False
    ),
    "the version changed": Damage(
        "UPDATE knowledge_base SET version = 900", LOADS, can_be_derived=False
    ),
    "a title changed": Damage(
        "UPDATE source SET title = 'x' WHERE key = 'one'", SOURCES, can_be_derived=False
    ),
    "a tier changed": Damage(
        "UPDATE source SET tier = 1 WHERE key = 'one'", SOURCES, can_be_derived=False
    ),
    "a kind changed": Damage(
        "UPDATE entity SET kind = 'policy' WHERE name = 'Alpha Port'", OWN, can_be_derived=False
    ),
    "a key changed": Damage(
        "UPDATE entity SET key = 'omega' WHERE name = 'Alpha Port'", OWN, can_be_derived=False
    ),
    "an entity merged": Damage(
        "UPDATE entity SET merged_into = 1 WHERE name = 'Alpha Port'", OWN, can_be_derived=False
    ),
    "money moved to another project": Damage(
        "UPDATE record SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE noun = 'finance' AND external_id = '1'", ABOUT, can_be_derived=False,
    ),
    "money moved, with the copy of what it is of": Damage(
        "UPDATE record SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road'), "
        "standing = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE noun = 'finance' AND external_id = '1'", ABOUT, can_be_derived=False,
    ),
    "a record moved, with the copy of what it is of": Damage(
        "UPDATE record SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road'), "
        "standing = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE noun = 'projects' AND external_id = '1'", ABOUT, can_be_derived=False,
    ),
    "a fact moved to another project": Damage(
        "UPDATE finance SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE currency = 'CNY'", FACTS,
    ),
    "a code changed": Damage("UPDATE country SET alpha3 = 'KNY' WHERE alpha3 = 'KEN'", SHOWN),
    "two codes exchanged": Damage(
        "UPDATE country SET alpha3 = '---' WHERE alpha3 = 'KEN'; "
        "UPDATE country SET alpha3 = 'KEN' WHERE alpha3 = 'UGA'; "
        "UPDATE country SET alpha3 = 'UGA' WHERE alpha3 = '---'", SHOWN,
    ),
    "codes deleted": Damage(
        "DELETE FROM country WHERE alpha3 = 'TUV'", "every entity has a row in the table of its kind"
    ),
    "a region renamed": Damage(
        "UPDATE entity SET name = 'Afrika', normalised = 'afrika' WHERE key = 'africa'", SHOWN
    ),
    "a name that is only mentioned changed": Damage(
        "UPDATE alias SET name = 'Bank Q', normalised = 'bank q' WHERE name = 'Bank Y'", FACTS
    ),
    "a column dropped": Damage(
        "DROP VIEW v_projects; DROP VIEW v_finance; ALTER TABLE project DROP COLUMN sector",
        "every table matches this version", can_be_derived=False,
    ),
}  # fmt: skip


def fill(load: Load) -> None:
    """Load money, and then an edition that changes a record."""
    load("projects", PROJECTS, source="one")
    load("finance", FINANCE, source="two")
    load("projects", PROJECTS.replace("Alpha Harbour", "Alpha Quay"), source="one")


def done(engine: Engine, statements: str) -> None:
    """Run statements, in a transaction of their own."""
    with engine.begin() as connection:
        for statement in statements.split("; "):
            connection.execute(text(statement.replace(":", "\\:")))


def failed(address: str) -> list[str]:
    """Return the checks that do not hold."""
    result = run("--db", address, "db", "check")
    lines = result.stdout.splitlines()
    assert "Traceback" not in result.stderr
    broken = [line.split("  ")[0] for line in lines if " no: " in line]
    assert result.exit_code == (5 if broken else 0)
    messages = result.stderr.splitlines()
    assert len(messages) == (len(broken) + 1 if broken else 0)
    # Every failed check and the last line have a remedy.
    assert all("Restore a backup." in line or "`bricoop db " in line for line in messages)
    return broken
