"""Query plan of the noun `financiers`: organizations with that role, or that fund something."""

from dataclasses import replace

from sqlalchemy import exists, or_

from bricoop.db.schema import finance, organization, organization_role, participation
from bricoop.domain.vocabularies import OrganizationRole, ParticipationRole
from bricoop.query.plans import counts, organizations

_ID = organization.c.id

IS_FINANCIER = or_(
    exists().where(
        organization_role.c.entity_id == _ID,
        organization_role.c.role == OrganizationRole.FINANCIER.value,
    ),
    exists().where(
        participation.c.organization_id == _ID,
        participation.c.role == ParticipationRole.FUNDING.value,
    ),
    exists().where(finance.c.financier_id == _ID),
)

PLAN = replace(
    organizations.PLAN,
    always=IS_FINANCIER,
    scalars={**organizations.PLAN.scalars, "projects": counts.funded_by(_ID)},
)
