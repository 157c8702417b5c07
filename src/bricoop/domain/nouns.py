"""What each noun is: its entities, its table, its values and its texts, declared once.

Layouts of load files, fields of answers, contradictions, views and undoing read it from here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bricoop.domain.capacity_units import CapacityUnit
from bricoop.domain.vocabularies import (
    AgreementKind,
    EntityKind,
    Link,
    OrganizationKind,
    PolicyKind,
    ProjectKind,
    ProjectStatus,
)

#: A closed list of codes.
Codes = type[StrEnum]


class ValueType(StrEnum):
    """What a value is; layouts choose its cleaner by it, and answers its type."""

    TEXT = "text"
    CODE = "code"  #: of the vocabulary `Value.codes`
    DATE = "date"  #: a partial date
    SECTOR = "sector"  #: an OECD DAC CRS code
    WHOLE = "whole"
    QUANTITY = "quantity"  #: an exact number above zero, in the unit that `Value.unit` names
    COUNTRY = "country"  #: stored as the country's id
    ALPHA2 = "alpha2"
    ALPHA3 = "alpha3"
    NUMERIC = "numeric"  #: ISO 3166-1 numeric


@dataclass(frozen=True)
class Value:
    """A property of an entity: a column of load files, of its kind's table and of answers.

    Attributes:
        name: its name in all three.
        type: what it holds.
        help: description for answers, and for load files unless `written` is given.
        codes: the vocabulary of a code.
        example: the cell in the example row of the template.
        written: what to write in load files; for a code, its vocabulary is the default.
        required: whether rows of load files without it are refused.
        in_table: whether tables for people include it by default.
        contested: whether sources can contradict each other in it.
        unit: of a quantity, the value with its unit: each row has both or neither, and quantities
            of different units are not added up.
    """

    name: str
    type: ValueType
    help: str
    codes: Codes | None = None
    example: str = ""
    written: str = ""
    required: bool = False
    in_table: bool = False
    contested: bool = True
    unit: str = ""


@dataclass(frozen=True)
class NounSpec:
    """What a noun is, for loading and for asking.

    Attributes:
        name: its name on the command line and in `record.noun`, in the plural.
        row: what one row of a load file is, in a sentence; empty if it cannot be loaded.
        rows: what the rows of answers are, in a sentence; empty if it cannot be asked for.
        kind: the kind of entity that rows describe or are about; None if that can be any kind, or
            if rows are not about entities.
        fact: the table in which each loaded row is a fact, or a decision; empty if rows describe an
            entity, whose values are in the table of its kind.
        reference: whether records of other nouns refer to its entities by code, so that their facts
            can only be derived once these exist.
        values: the values in the table of the kind.
    """

    name: str
    row: str = ""
    rows: str = ""
    kind: EntityKind | None = None
    fact: str = ""
    reference: bool = False
    values: tuple[Value, ...] = field(default=(), repr=False)

    @property
    def describes_entity(self) -> bool:
        """Whether loaded rows describe an entity, instead of stating a fact about one."""
        return bool(self.row) and not self.fact

    @property
    def view(self) -> str:
        """The name of its view in the database; the prefix keeps it apart from table names."""
        return f"v_{self.name}"


def _kind(codes: Codes, example: str) -> Value:
    return Value("kind", ValueType.CODE, "kind", codes, example, in_table=True)


COUNTRIES = NounSpec(
    "countries",
    "A country.",
    "Countries, with counts of what is recorded about each.",
    EntityKind.COUNTRY,
    reference=True,
    values=(
        Value(
            "alpha2",
            ValueType.ALPHA2,
            "ISO 3166-1 alpha-2 code",
            written="ISO 3166-1 alpha-2; with alpha3, creates a new country",
        ),
        Value(
            "alpha3",
            ValueType.ALPHA3,
            "ISO 3166-1 alpha-3 code",
            written="ISO 3166-1 alpha-3",
            in_table=True,
        ),
        Value(
            "numeric",
            ValueType.NUMERIC,
            "ISO 3166-1 numeric code",
            written="ISO 3166-1 numeric",
        ),
        Value("region", ValueType.TEXT, "UN M49 region", in_table=True),
        Value("subregion", ValueType.TEXT, "UN M49 subregion"),
    ),
)

REGIONS = NounSpec(
    "regions",
    "A region or group of countries, never taken for a country.",
    kind=EntityKind.REGION,
    reference=True,
)

LINKS = NounSpec(
    "links",
    "One of the five links, with its names.",
    "The five links, with counts of what belongs to each.",
    EntityKind.LINK,
    reference=True,
    values=(
        Value(
            "code",
            ValueType.CODE,
            "code",
            Link,
            "facility",
            written=f"one of {', '.join(Link)}",
            required=True,
            in_table=True,
            contested=False,
        ),
        Value(
            "position",
            ValueType.WHOLE,
            "its position in the usual order",
            example="2",
            written="1 to 5, its position in the usual order",
            contested=False,
        ),
    ),
)

ORGANIZATIONS = NounSpec(
    "organizations",
    "A financier, a company or a public body.",
    "Financiers, companies and public bodies.",
    EntityKind.ORGANIZATION,
    values=(
        _kind(OrganizationKind, "policy-bank"),
        Value(
            "country",
            ValueType.COUNTRY,
            "ISO 3166-1 alpha-3 code of its home country",
            example="China",
            written="its home country",
            in_table=True,
        ),
    ),
)

FINANCIERS = NounSpec(
    "financiers",
    rows="Organizations that a source names as financiers or funders.",
    kind=EntityKind.ORGANIZATION,
)

PROJECTS = NounSpec(
    "projects",
    "Something that is built, run or acquired.",
    "Railways, ports, power plants, parks and other projects.",
    EntityKind.PROJECT,
    values=(
        _kind(ProjectKind, "port"),
        Value(
            "status",
            ValueType.CODE,
            "status of the project",
            ProjectStatus,
            "implementation",
            in_table=True,
        ),
        Value(
            "sector",
            ValueType.SECTOR,
            "OECD DAC sector code; filters take names too, and 210 includes 21020",
            example="21040",
            written="OECD DAC CRS code",
        ),
        Value(
            "announced",
            ValueType.DATE,
            "when it was announced",
            written="when it was announced: 2019, 2019-03 or 2019-03-14",
        ),
        Value("started", ValueType.DATE, "when work began", in_table=True),
        Value("completed", ValueType.DATE, "when it was completed", in_table=True),
        Value(
            "capacity",
            ValueType.QUANTITY,
            "its capacity, in capacity_unit",
            written="its capacity, a plain number in capacity_unit",
            unit="capacity_unit",
        ),
        Value("capacity_unit", ValueType.CODE, "unit of its capacity", CapacityUnit),
    ),
)

AGREEMENTS = NounSpec(
    "agreements",
    "Something that countries or organizations signed.",
    "Memoranda, cooperation documents, treaties and contracts.",
    EntityKind.AGREEMENT,
    values=(
        _kind(AgreementKind, "memorandum"),
        Value("signed", ValueType.DATE, "when it was signed", in_table=True),
        Value(
            "in_force",
            ValueType.DATE,
            "when it came into force",
        ),
        Value("ended", ValueType.DATE, "when it ended"),
    ),
)

POLICIES = NounSpec(
    "policies",
    "An initiative, strategy or plan of a country or region.",
    "Initiatives, strategies and plans of countries and regions.",
    EntityKind.POLICY,
    values=(
        _kind(PolicyKind, "national-strategy"),
        Value(
            "adopted",
            ValueType.DATE,
            "when it was adopted or proposed",
            example="2015-05",
            in_table=True,
        ),
    ),
)

STATISTICS = NounSpec(
    "statistics",
    "A figure that a source states about something.",
    "Figures that sources state, each with its subject.",
    fact="observation",
)

FINDINGS = NounSpec(
    "findings",
    "An opportunity, a challenge or a prospect named by a source, or a note.",
    "Opportunities, challenges and prospects named by sources, and notes.",
    fact="finding",
)

FINANCE = NounSpec(
    "finance",
    "Money for a project, as one source states it.",
    "Money for projects, row by row, as sources state it.",
    EntityKind.PROJECT,
    "finance",
)

LOCATIONS = NounSpec(
    "locations",
    "Coordinates of a project.",
    "Coordinates of projects (WGS 84), with their precision.",
    EntityKind.PROJECT,
    "location",
)

PARTICIPATIONS = NounSpec(
    "participations",
    "The role of an organization in a project.",
    kind=EntityKind.PROJECT,
    fact="participation",
)

NAMES = NounSpec("names", "Another name of an existing entity.", fact="alias")

DECISIONS = NounSpec(
    "decisions",
    "A judgement of a reviewer whether two records or organizations are one thing.",
    "What reviewers and rules decided on what is one thing, as it was recorded.",
    fact="decision",
)

SOURCES = NounSpec("sources", rows="Documents, datasets and standards that data come from.")
LOADS = NounSpec("loads", rows="What was loaded, when, and from which file.")
RECORDS = NounSpec("records", rows="What one source says about one entity, as it says it.")
DISAGREEMENTS = NounSpec("disagreements", rows="Values on which sources contradict each other.")

#: All nouns; those that can be loaded are in the order of `bricoop template` and its page.
NOUNS: tuple[NounSpec, ...] = (
    COUNTRIES,
    REGIONS,
    LINKS,
    ORGANIZATIONS,
    FINANCIERS,
    PROJECTS,
    AGREEMENTS,
    POLICIES,
    STATISTICS,
    FINDINGS,
    FINANCE,
    LOCATIONS,
    PARTICIPATIONS,
    NAMES,
    DECISIONS,
    SOURCES,
    LOADS,
    RECORDS,
    DISAGREEMENTS,
)

#: Nouns that can be loaded.
LOADED: tuple[NounSpec, ...] = tuple(noun for noun in NOUNS if noun.row)


def _names(nouns: Iterable[NounSpec]) -> tuple[str, ...]:
    return tuple(noun.name for noun in nouns)


def _kinds(nouns: Iterable[NounSpec]) -> tuple[EntityKind, ...]:
    return tuple(noun.kind for noun in nouns if noun.kind is not None)


_DESCRIBING = tuple(noun for noun in LOADED if noun.describes_entity)
#: Nouns whose records describe an entity itself; records of other nouns are facts about it.
DESCRIBING = _names(_DESCRIBING)
#: Nouns, and their kinds, to whose entities other records refer by code.
REFERENCE_NOUNS = _names(noun for noun in _DESCRIBING if noun.reference)
REFERENCE_KINDS = _kinds(noun for noun in _DESCRIBING if noun.reference)
#: Kinds without codes: their entities are identified by name, and may lack all values.
NAMED_KINDS = _kinds(noun for noun in _DESCRIBING if not noun.reference)

#: Values that are codes, which people read by their labels.
CODED = frozenset(
    value.name
    for noun in NOUNS
    for value in noun.values
    if value.codes or value.type is ValueType.SECTOR
)
_CONTESTED = {value.name: value for noun in _DESCRIBING for value in noun.values if value.contested}
#: Fields in which sources can contradict each other, because each has a single value.
CONTESTED = ("name", *_CONTESTED)
#: Those that are partial dates, of which one can lie within another.
CONTESTED_DATES = tuple(name for name, value in _CONTESTED.items() if value.type is ValueType.DATE)
