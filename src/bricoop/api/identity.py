"""What `KnowledgeBase` says about what is one thing: proposals and decisions."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bricoop.api.arguments import in_python, speaking_python
from bricoop.api.open_database import OpenDatabase
from bricoop.api.rows import named, texts
from bricoop.domain.arguments import checked
from bricoop.domain.decision_status import Status
from bricoop.domain.vocabularies import Relation
from bricoop.query.conditions.comparisons import code_of

if TYPE_CHECKING:
    from bricoop.identity.matches import Matches
    from bricoop.identity.organizations.matches import OrganizationMatches
    from bricoop.identity.outcome import Outcome


class DecidingBase(OpenDatabase):
    """An open database in which is decided what is one thing."""

    @checked("match")
    def match(
        self,
        *,
        left_source: str = "",
        right_source: str = "",
        country: str = "",
        new: bool = False,
        all: bool = False,  # noqa: A002 (as the option is called)
    ) -> "Matches":
        """Propose projects of different sources that may be one; write nothing.

        Args:
            left_source: a source, by key or title, whose projects are compared; empty for all.
            right_source: the source with whose projects they are compared; empty for all others.
            country: the only country whose projects are compared, by any name or code.
            new: whether to return only undecided pairs with a project that the latest loads
                brought: the newest load, and those before it back to the last decision.
            all: whether to return pairs that are decided as well.

        Returns:
            The `proposals`, the likeliest first, each with its tier, score and both projects, and
            the `decision` on it if there is one; and `notes` on what was not compared or left out.

        Raises:
            UsageError: both sources are the same, or a source describes no projects.
            NotFoundError: a source or country is unknown.
        """
        from bricoop.identity.match_request import MatchRequest  # noqa: PLC0415 (rows need none)

        with self._state() as state:
            request = MatchRequest(left_source, right_source, country, all, new)
            matches = state.matches(request)
        return replace(matches, notes=tuple(map(in_python, matches.notes)))

    @checked("match_organizations")
    def match_organizations(
        self,
        *,
        left_source: str = "",
        right_source: str = "",
        country: str = "",
        new: bool = False,
        all: bool = False,  # noqa: A002 (as the option is called)
    ) -> "OrganizationMatches":
        """Propose organizations that may be one; write nothing.

        Args:
            left_source: a source, by key or title; only pairs with an organization that it names.
            right_source: a source that names the other one; it may be the same source.
            country: the only country whose organizations are compared, by any name or code.
            new: whether to return only undecided pairs with an organization that the latest loads
                named first: the newest load, and those before it back to the last decision.
            all: whether to return pairs that are decided as well.

        Returns:
            The `proposals`, the likeliest first, each with its tier, score and both organizations,
            and the `decision` on it if there is one; and `notes` on what was not compared or left
            out.

        Raises:
            UsageError: a source names no organizations.
            NotFoundError: a source or country is unknown.
        """
        from bricoop.identity.match_request import MatchRequest  # noqa: PLC0415 (rows need none)

        with self._state() as state:
            request = MatchRequest(left_source, right_source, country, all, new)
            matches = state.organization_matches(request)
        return replace(matches, notes=tuple(map(in_python, matches.notes)))

    @checked("decide")
    def decide(
        self,
        name: str,
        other: str,
        *,
        relation: str = "",
        why: str = "",
        reviewer: str | None = None,
        source: str | None = None,
    ) -> "Outcome":
        """Decide what two projects or organizations are to each other.

        Args:
            name: a reference such as `gcdf3/projects/96203`, a key, or a name in any spelling.
            other: the other one, likewise.
            relation: what they are to each other: `same-deal`, `same-project`, `same`, `part-of`,
                `phase-of`, `financed-under`, `different` or `unsure`; default: one project, or one
                organization.
            why: the reason, in words.
            reviewer: who decides; default: BRICOOP_REVIEWER.
            source: the key of the source of the decision; default: `decisions-of-NAME`.

        Returns:
            The `load_id`, which `undo` takes back, what was `decided`, the `clusters` that there
            are now, and `notes`.

        Raises:
            NotFoundError: nothing has that name.
            AmbiguousNameError: a name matches several entities.
            UsageError: they are one or different already, or the decision contradicts others.
        """
        from bricoop.identity.decide import By, decide  # noqa: PLC0415 (rows need none of it)

        with speaking_python(self.address, name, other, why):
            chosen = Relation(code_of("relation", Relation, relation)) if relation else None
            by = By(reviewer, source, why)
            return decide(self._open_engine(), (name, other), chosen, by)

    @checked("split")
    def split(
        self,
        name: str,
        member: str | None = None,
        *,
        why: str = "",
        reviewer: str | None = None,
        source: str | None = None,
    ) -> "Outcome":
        """Part what is one: a member from all others, or all of them.

        Args:
            name: a reference, a key or a name of what is one.
            member: the member to part from the others; None to part all.
            why: the reason, in words.
            reviewer: who decides; default: BRICOOP_REVIEWER.
            source: the key of the source of the decisions; default: `decisions-of-NAME`.

        Returns:
            As `decide`.

        Raises:
            NotFoundError: nothing has that name.
            AmbiguousNameError: a name matches several entities.
            UsageError: there is nothing to part.
        """
        from bricoop.identity.decide import By, split  # noqa: PLC0415 (rows need none of it)

        with speaking_python(self.address, name, member, why):
            return split(self._open_engine(), name, member, By(reviewer, source, why))

    @checked("decisions")
    def decisions(
        self,
        about: str = "",
        *,
        reviewers: str | Iterable[str] = (),
        sources: str | Iterable[str] = (),
        relations: str | Iterable[str] = (),
        statuses: str | Iterable[str] = (),
    ) -> tuple[Any, ...]:
        """Return decisions with what has become of each, as `bricoop decisions list` does.

        Args:
            about: only those on this project or organization, by any name.
            reviewers: only those of these reviewers or rules.
            sources: only those of these sources, by their keys.
            relations: only those with one of these relations.
            statuses: only those that are one of these: `holds`, `contested`, `look again`, ...

        Returns:
            Named tuples with `status`, `left`, `relation`, `right`, `reviewer`, `why`, `load`, ...

        Raises:
            NotFoundError: nothing has that name.
            UsageError: there is no such relation or status.
        """
        from bricoop.identity.decision_list import DecisionFilter  # noqa: PLC0415 (as above)

        with self._state(about) as state:
            chosen = DecisionFilter(
                about,
                texts(reviewers),
                texts(sources),
                [code_of("relation", Relation, relation) for relation in texts(relations)],
                [Status(code_of("status", Status, status)) for status in texts(statuses)],
            )
            return tuple(named(state.decisions(chosen)))
