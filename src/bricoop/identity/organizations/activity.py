"""What an organization does in projects, as far as it tells whose organization it is."""

from dataclasses import dataclass

from bricoop.domain.vocabularies import OrganizationRole, ParticipationRole

_GIVES = frozenset(
    {ParticipationRole.FUNDING.value, ParticipationRole.EXTENDING.value,
     ParticipationRole.ACCOUNTABLE.value, OrganizationRole.FINANCIER.value}
)  # fmt: skip
_RECEIVES = frozenset({ParticipationRole.RECEIVING.value, OrganizationRole.RECEIVER.value})


@dataclass(frozen=True, slots=True)
class Activity:
    """What an organization does in projects.

    Attributes:
        roles: codes of its roles in projects, and of the capacities in which it acts.
        is_abroad: whether it acts in projects of several countries.
    """

    roles: frozenset[str] = frozenset()
    is_abroad: bool = False

    @property
    def only_receives(self) -> bool:
        """Whether it receives, and does nothing else."""
        return bool(self.roles) and self.roles <= _RECEIVES

    @property
    def is_of_donor(self) -> bool:
        """Whether it gives, or acts in several countries, and never receives."""
        return self.roles.isdisjoint(_RECEIVES) and (
            self.is_abroad or not self.roles.isdisjoint(_GIVES)
        )
