"""AidData's record-quality scores, as SQL expressions for any project.

The formulas are those of AidData's TUFF 3.0 methodology (pages 136 to 138), as its own dataset
applies them; `docs/quality.md` lists where the dataset differs from the text.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from bricoop.db.schema import entity, finance, location, participation, project, record, source
from bricoop.domain.vocabularies import (
    EntityKind,
    FinanceKind,
    Instrument,
    ParticipationRole,
    ProjectStatus,
    Tier,
)

Score = ColumnElement[Any]
_OFFICIAL = Tier.OTHER_OFFICIAL
_SCHOLARLY = (Tier.PEER_REVIEWED, Tier.OTHER_SCHOLARLY)
_MEDIA = Tier.MEDIA
_LOANS = (Instrument.LOAN.value, Instrument.EXPORT_CREDIT.value)
_DONE = (ProjectStatus.COMPLETED.value, ProjectStatus.OPERATION.value)
#: The first letters of the names that AidData gives to unnamed agencies.
_UNNAMED = "unspecified"
#: First digits of the DAC's code for unspecified sectors.
_NO_SECTOR = "998"


def source_quality() -> Score:
    """Score 1 to 5: by the number of official sources, or else by the best kind of other source.

    The sources are those that a record lists; a record that lists none counts its own source.
    """
    official = func.coalesce(func.sum(_official_of_record()), 0)
    listed = record.c.fields["source_tiers"].as_string()
    others = case((listed.is_not(None), _lists_other(listed)), else_=source.c.tier != _MEDIA)
    scholarly = case(
        (listed.is_not(None), or_(*(_lists(listed, tier) for tier in _SCHOLARLY))),
        else_=source.c.tier.in_(_SCHOLARLY),
    )
    best = func.max(case((scholarly, 3), (others, 2), else_=1))
    return (
        select(case((official > 1, 5), (official == 1, 4), else_=func.coalesce(best, 1)))
        .select_from(record.join(source, source.c.id == record.c.source_id))
        .where(_describes())
        .correlate(project)
        .scalar_subquery()
    )


def completeness() -> Score:
    """Score up to 5, minus 1 each for: uncertain year, no amount, vague flow, unnamed agencies."""
    dated = or_(
        project.c.announced.is_not(None),
        project.c.started.is_not(None),
        _some(finance.c.date.is_not(None)),
    )
    estimated = record.c.fields["date_estimated"].as_boolean().is_(True)
    umbrella = record.c.fields["umbrella"].as_boolean().is_(True)
    unspecified = or_(
        finance.c.instrument.is_(None), finance.c.instrument == Instrument.UNSPECIFIED.value
    )
    # Without finance rows, the kind of flow is unknown too.
    vague = or_(func.count() == 0, _some(unspecified))
    money = _of_money(
        5
        - _point(or_(not_(dated), _some(estimated)))
        - _point(not_(_some(or_(_has_amount(), umbrella))))
        - _point(vague)
    )
    named = and_(_funder(), _takes_part(ParticipationRole.IMPLEMENTING))
    return money - _point(not_(named))


def implementation_detail() -> Score:
    """Score 0 to 5, for projects under way or done: agency, start, end, location and sector.

    NULL for other projects, and for those whose finance a source leaves out of its totals.
    """
    done = project.c.status.in_(_DONE)
    under_way = project.c.status == ProjectStatus.IMPLEMENTATION.value
    planned = _some_record(record.c.fields["planned_completion"].as_string().is_not(None))
    end = case((done, project.c.completed.is_not(None)), else_=planned)
    located = or_(
        _exists(location, true()), _some_record(record.c.fields["located"].as_boolean().is_(True))
    )
    sector = and_(project.c.sector.is_not(None), not_(project.c.sector.startswith(_NO_SECTOR)))
    conditions = (
        _takes_part(ParticipationRole.IMPLEMENTING),
        project.c.started.is_not(None),
        end,
        located,
        sector,
    )
    return case((and_(or_(done, under_way), _counts()), _points(conditions)))


def loan_detail() -> Score:
    """Score 0 to 5, for loans: interest rate, maturity, grace period, amount and parties.

    NULL for projects without a loan, and for those whose finance a source leaves out of its totals.
    """
    loan = and_(finance.c.instrument.in_(_LOANS), finance.c.kind != FinanceKind.PLEDGE.value)
    terms = ("interest_rate", "maturity", "grace_period")
    parties = or_(
        _takes_part(ParticipationRole.FUNDING),
        _takes_part(ParticipationRole.RECEIVING),
        _exists(finance, finance.c.financier_id.is_not(None)),
    )
    conditions = (
        *(_some(and_(loan, record.c.fields[name].as_string().is_not(None))) for name in terms),
        _some(and_(loan, _has_amount())),
    )
    left_out = _some(finance.c.counted.is_(False))
    money = _of_money(case((and_(_some(loan), not_(left_out)), _points(conditions))))
    return money + _point(parties)


def _describes() -> ColumnElement[bool]:
    return and_(record.c.entity_id == project.c.id, record.c.noun == "projects")


def _some_record(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    return (
        select(record.c.id)
        .select_from(record.join(source, source.c.id == record.c.source_id))
        .where(_describes(), condition)
        .correlate(project)
        .exists()
    )


def _official_of_record() -> Score:
    number = record.c.fields["official_sources"].as_string()
    own = case((source.c.tier <= _OFFICIAL, 1), else_=0)
    return case(
        (number.is_not(None), cast(number, Integer)),
        (record.c.fields["source_tiers"].as_string().is_not(None), 0),
        else_=own,
    )


def _lists(tiers: ColumnElement[Any], tier: Tier) -> ColumnElement[bool]:
    return tiers.contains(f'"{tier.value}"')


def _lists_other(tiers: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(_lists(tiers, tier) for tier in Tier if tier != _MEDIA))


def _exists(table: Table[Any], *conditions: ColumnElement[Any]) -> ColumnElement[bool]:
    own: ColumnElement[Any] = table.c["entity_id"]
    return exists().where(own == project.c.id, *conditions)


def _of_money(score: Score) -> Score:
    """Return a score that aggregates the finance rows of the project, each read once."""
    return (
        select(score)
        .select_from(finance.join(record, record.c.id == finance.c.record_id))
        .where(finance.c.entity_id == project.c.id)
        .correlate(project)
        .scalar_subquery()
    )


def _some(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether a condition holds for some of the rows that are aggregated; with none, no."""
    return func.coalesce(func.max(_point(condition)), 0) == 1


def _has_amount() -> ColumnElement[bool]:
    return or_(
        finance.c.amount.is_not(None),
        finance.c.amount_usd.is_not(None),
        finance.c.amount_usd_constant.is_not(None),
    )


def _counts() -> ColumnElement[bool]:
    """Return whether no source leaves finance of the project out of its own totals."""
    return not_(_exists(finance, finance.c.counted.is_(False)))


def _takes_part(role: ParticipationRole) -> ColumnElement[bool]:
    return _exists(participation, participation.c.role == role.value)


def _funder() -> ColumnElement[bool]:
    """Return whether the project has funders, and all of them are named."""
    funding = ParticipationRole.FUNDING
    some = or_(_takes_part(funding), _exists(finance, finance.c.financier_id.is_not(None)))
    unnamed_takes_part = _exists(
        participation,
        participation.c.role == funding.value,
        participation.c.organization_id.in_(_unnamed()),
    )
    unnamed_gives = _exists(finance, finance.c.financier_id.in_(_unnamed()))
    return and_(some, not_(unnamed_takes_part), not_(unnamed_gives))


def _unnamed() -> Select[int]:
    """Select the ids of unnamed agencies; a range of an index, where LIKE would read all names."""
    agency = entity.alias("agency")
    return select(agency.c.id).where(
        agency.c.kind == EntityKind.ORGANIZATION.value,
        agency.c.normalised >= _UNNAMED,
        agency.c.normalised < f"{_UNNAMED[:-1]}{chr(ord(_UNNAMED[-1]) + 1)}",
    )


def _point(condition: ColumnElement[Any]) -> Score:
    return case((condition, 1), else_=0)


def _points(conditions: tuple[ColumnElement[Any], ...]) -> Score:
    total: Score = _point(false())
    for condition in conditions:
        total = total + _point(condition)
    return total


SCORES = {
    "source_quality": source_quality(),
    "completeness": completeness(),
    "implementation_detail": implementation_detail(),
    "loan_detail": loan_detail(),
}
