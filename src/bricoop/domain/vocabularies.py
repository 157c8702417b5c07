"""The closed vocabularies: enumerations of codes, with labels for people."""

from enum import IntEnum, StrEnum
from types import MappingProxyType

from bricoop.domain.sectors import sector_label


def label(code: str) -> str:
    """Return the label of a code: *industrial park* for `industrial-park`.

    Codes of digits are sector codes.
    """
    return sector_label(code) if code[:1].isdigit() else LABELS.get(code, code.replace("-", " "))


def names_of(code: StrEnum) -> tuple[str, ...]:
    """Return the spellings of a code that are accepted: itself, its label and other names."""
    others = code.other_names if isinstance(code, NamedCode) else ()
    return (code.value, label(code), *others)


class NamedCode(StrEnum):
    """A code that has other names besides its label, which mean exactly the same."""

    @property
    def other_names(self) -> tuple[str, ...]:
        """The other names; none unless the vocabulary has some."""
        return ()


class EntityKind(StrEnum):
    """What an entity is."""

    COUNTRY = "country"
    REGION = "region"
    ORGANIZATION = "organization"
    PROJECT = "project"
    AGREEMENT = "agreement"
    POLICY = "policy"
    LINK = "link"


class Link(NamedCode):
    """The five links, in the order in which the Belt and Road documents name them."""

    POLICY = "policy"
    FACILITY = "facility"
    TRADE = "trade"
    FINANCE = "finance"
    PEOPLE = "people"

    @property
    def other_names(self) -> tuple[str, ...]:
        """Its names in "Vision and Actions" (2015), in English and Chinese."""
        return _LINK_NAMES[self]


_LINK_NAMES = MappingProxyType(
    {
        Link.POLICY: ("policy coordination", "政策沟通"),
        Link.FACILITY: ("facilities connectivity", "设施联通"),
        Link.TRADE: ("unimpeded trade", "贸易畅通"),
        Link.FINANCE: ("financial integration", "资金融通"),
        Link.PEOPLE: ("people-to-people bonds", "people-to-people bond", "民心相通"),
    }
)


class Tier(IntEnum):
    """Ranking of sources by AidData, best first (TUFF 3.0, appendix C)."""

    GOVERNMENT = 1
    IMPLEMENTER = 2
    OTHER_OFFICIAL = 3
    PEER_REVIEWED = 4
    OTHER_SCHOLARLY = 5
    NGO = 6
    MEDIA = 7
    SOCIAL_MEDIA = 8


class SourceKind(StrEnum):
    """Bibliographic type of a source."""

    ARTICLE = "article"
    BOOK = "book"
    REPORT = "report"
    DATASET = "dataset"
    OFFICIAL_DOCUMENT = "official-document"
    STANDARD = "standard"
    WEB_PAGE = "web-page"
    NEWS = "news"
    PERSON = "person"
    OTHER = "other"


class OrganizationKind(StrEnum):
    """IATI's organisation types, and finer ones where Belt and Road finance needs them."""

    GOVERNMENT = "government"
    LOCAL_GOVERNMENT = "local-government"
    OTHER_PUBLIC_SECTOR = "other-public-sector"
    POLICY_BANK = "policy-bank"
    STATE_OWNED_COMMERCIAL_BANK = "state-owned-commercial-bank"
    COMMERCIAL_BANK = "commercial-bank"
    CENTRAL_BANK = "central-bank"
    FUND = "fund"
    STATE_OWNED_ENTERPRISE = "state-owned-enterprise"
    PRIVATE_ENTERPRISE = "private-enterprise"
    ENTERPRISE = "enterprise"
    JOINT_VENTURE = "joint-venture"
    MULTILATERAL = "multilateral"
    INTERNATIONAL_NGO = "international-ngo"
    NATIONAL_NGO = "national-ngo"
    PUBLIC_PRIVATE_PARTNERSHIP = "public-private-partnership"
    FOUNDATION = "foundation"
    ACADEMIC = "academic"
    OTHER = "other"


class ProjectKind(StrEnum):
    """The type of a project."""

    RAILWAY = "railway"
    ROAD = "road"
    BRIDGE = "bridge"
    PORT = "port"
    AIRPORT = "airport"
    FREIGHT_SERVICE = "freight-service"
    CORRIDOR = "corridor"
    INDUSTRIAL_PARK = "industrial-park"
    POWER_PLANT = "power-plant"
    POWER_GRID = "power-grid"
    PIPELINE = "pipeline"
    TELECOMS = "telecoms"
    WATER = "water"
    MINE = "mine"
    FACTORY = "factory"
    BUILDING = "building"
    FACILITY = "facility"
    CAPACITY_CENTRE = "capacity-centre"
    ACQUISITION = "acquisition"
    SUPPLIES = "supplies"
    CASH = "cash"
    EXPERTS = "experts"
    TRAINING = "training"
    STUDY = "study"
    DEBT = "debt"
    OIL_GAS = "oil-gas"
    CREDIT_LINE = "credit-line"
    PROGRAMME = "programme"
    OTHER = "other"


class ProjectStatus(StrEnum):
    """AidData's six states of a commitment, and *operation* for what runs."""

    PLEDGED = "pledged"
    COMMITTED = "committed"
    IMPLEMENTATION = "implementation"
    COMPLETED = "completed"
    OPERATION = "operation"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class AgreementKind(StrEnum):
    """The type of an agreement."""

    COOPERATION_DOCUMENT = "cooperation-document"
    MEMORANDUM = "memorandum"
    TREATY = "treaty"
    FRAMEWORK = "framework"
    JOINT_STATEMENT = "joint-statement"
    FREE_TRADE_AGREEMENT = "free-trade-agreement"
    LOAN_AGREEMENT = "loan-agreement"
    CURRENCY_SWAP = "currency-swap"
    CONTRACT = "contract"
    OTHER = "other"


class PolicyKind(StrEnum):
    """The type of a policy."""

    INITIATIVE = "initiative"
    NATIONAL_STRATEGY = "national-strategy"
    REGIONAL_STRATEGY = "regional-strategy"
    DEVELOPMENT_PLAN = "development-plan"
    GUIDANCE = "guidance"
    CONCEPT = "concept"
    OTHER = "other"


class AliasKind(StrEnum):
    """The type of a name of an entity."""

    NAME = "name"
    AS_PRINTED = "as-printed"
    TRANSLATION = "translation"
    ABBREVIATION = "abbreviation"
    FORMER = "former"
    SPELLING = "spelling"


class Basis(StrEnum):
    """The basis of a fact: stated by the source, derived by a rule, or decided by a person."""

    STATED = "stated"
    BY_RULE = "by-rule"
    BY_HAND = "by-hand"


class Relation(StrEnum):
    """What a decision says about two records, or about the names of two organizations.

    A deal is the money of one row of finance; a project may have several.
    """

    SAME_DEAL = "same-deal"  #: one project, and the same money
    SAME_PROJECT = "same-project"  #: one project, and other money, or it is not known
    SAME = "same"  #: one organization
    PART_OF = "part-of"  #: the left one is a part of the right one
    PHASE_OF = "phase-of"  #: the left one is a phase of the right one
    FINANCED_UNDER = "financed-under"  #: the left one is financed under the right one
    DIFFERENT = "different"
    UNSURE = "unsure"


RELATIONS_OF_ORGANIZATIONS = (
    Relation.SAME, Relation.PART_OF, Relation.DIFFERENT, Relation.UNSURE,
)  # fmt: skip
RELATIONS_OF_RECORDS = tuple(relation for relation in Relation if relation is not Relation.SAME)
#: The relations by which decisions make one thing of two.
JOINING = frozenset({Relation.SAME_DEAL, Relation.SAME_PROJECT, Relation.SAME})


class CountryRole(StrEnum):
    """The relation of a country or region to an entity."""

    LOCATION = "location"
    PARTY = "party"
    OWNER = "owner"


class ParticipationRole(StrEnum):
    """IATI's four organisation roles, and finer ones."""

    FUNDING = "funding"
    ACCOUNTABLE = "accountable"
    EXTENDING = "extending"
    IMPLEMENTING = "implementing"
    CONTRACTOR = "contractor"
    RECEIVING = "receiving"
    GUARANTOR = "guarantor"
    INSURER = "insurer"
    OPERATOR = "operator"
    ACQUIRER = "acquirer"
    ACQUIRED = "acquired"
    ISSUING = "issuing"


class OrganizationRole(StrEnum):
    """The role of an organization in general, as a source states it."""

    FINANCIER = "financier"
    CONTRACTOR = "contractor"
    INVESTOR = "investor"
    OPERATOR = "operator"
    RECEIVER = "receiver"
    PUBLIC_BODY = "public-body"
    STATISTICS_PUBLISHER = "statistics-publisher"


class FinanceKind(StrEnum):
    """Types of finance (IATI transaction types and AidData's flow types)."""

    PLEDGE = "pledge"
    COMMITMENT = "commitment"
    DISBURSEMENT = "disbursement"
    REPAYMENT = "repayment"
    GUARANTEE = "guarantee"
    FORGIVENESS = "forgiveness"
    RESCHEDULING = "rescheduling"
    INVESTMENT = "investment"
    CONTRACT = "contract"


class Instrument(StrEnum):
    """Financial instruments (OECD DAC finance types, shortened)."""

    GRANT = "grant"
    LOAN = "loan"
    EXPORT_CREDIT = "export-credit"
    EQUITY = "equity"
    BOND = "bond"
    GUARANTEE = "guarantee"
    CURRENCY_SWAP = "currency-swap"
    DEBT_RELIEF = "debt-relief"
    TECHNICAL_ASSISTANCE = "technical-assistance"
    IN_KIND = "in-kind"
    MIXED = "mixed"
    UNSPECIFIED = "unspecified"


class Qualifier(StrEnum):
    """Precision of a stated figure."""

    EXACTLY = "exactly"
    MORE_THAN = "more-than"
    LESS_THAN = "less-than"
    NEARLY = "nearly"
    ABOUT = "about"


class FindingKind(StrEnum):
    """The type of a finding of a source; a note is what a person writes down about an entity."""

    OPPORTUNITY = "opportunity"
    CHALLENGE = "challenge"
    PROSPECT = "prospect"
    NOTE = "note"


class LocationPrecision(StrEnum):
    """Precision of a coordinate."""

    EXACT = "exact"
    NEAR = "near"
    ADM2 = "adm2"
    ADM1 = "adm1"
    COUNTRY = "country"


#: Labels that differ from the code with spaces for hyphens.
LABELS = MappingProxyType(
    {
        "international-ngo": "international NGO",
        "national-ngo": "national NGO",
        "state-owned-enterprise": "state-owned enterprise",
        "state-owned-commercial-bank": "state-owned commercial bank",
        "public-private-partnership": "public-private partnership",
        "adm1": "first-level area",
        "adm2": "second-level area",
        "near": "within 5 km",
        "oil-gas": "oil and gas",
    }
)

TIER_LABELS = MappingProxyType(
    {
        Tier.GOVERNMENT: "government",
        Tier.IMPLEMENTER: "implementer or intermediary",
        Tier.OTHER_OFFICIAL: "other official",
        Tier.PEER_REVIEWED: "peer-reviewed",
        Tier.OTHER_SCHOLARLY: "other scholarly",
        Tier.NGO: "NGO and civil society",
        Tier.MEDIA: "media",
        Tier.SOCIAL_MEDIA: "social media",
    }
)
