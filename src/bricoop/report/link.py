"""The report on one of the five links: what comes under it, where, and what sources see in it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity
from bricoop.query.question import Question
from bricoop.report.amounts import amounts_of
from bricoop.report.charts import pictures, world
from bricoop.report.country import financiers
from bricoop.report.data import Asking, Filters, counted
from bricoop.report.differences import differences
from bricoop.report.links import findings
from bricoop.report.money import money_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, cited
from bricoop.report.summary import Glance
from bricoop.report.tables import TITLES, table

_NOUNS = ("projects", "agreements", "policies")
_BY = ("year", "kind", "country", "status")
_KINDS = {
    "opportunity": "Opportunities",
    "challenge": "Challenges",
    "prospect": "Prospects",
}


def link_report(connection: Connection, request: Request) -> Report:
    """Return the report on the link that a name or code means.

    Raises:
        NotFoundError: no link is known by that name.
        AmbiguousNameError: the name means several of them.
    """
    found = find_entity(connection, request.name, [EntityKind.LINK])
    asking = Asking(connection)
    code = next(code for code, name in asking.links.items() if f"link-{code}" == found.key)
    under = {"link": (code,)}
    glance = Glance(asking, dict.fromkeys((*_NOUNS, "findings"), under))
    sections = [*_sections(asking, glance, under, request)]
    name = asking.links[code]
    sources = counted(len(cited(sections)), "sources")
    summary = f"The knowledge base has {glance.said()} under {name}, from {sources}."
    titles = (f"{name[:1].upper()}{name[1:]}", f"link {code}")
    return asking.finished("link", found.key, titles, summary, sections)


def _sections(
    asking: Asking, glance: Glance, under: Filters, request: Request
) -> Iterator[Section]:
    where = world(asking, "projects", under)
    yield glance.section(pictures(asking, "projects", under, _BY, where))
    counting = request.counting(Question("finance", under))
    yield money_section(asking.connection, counting)
    amounts = amounts_of(asking.connection, counting)
    for noun in _NOUNS:
        if glance.numbers[noun]:
            made = table(asking, noun, under, leave_out=("links",), amounts=amounts)
            yield Section(noun, TITLES[noun], (made,))
    yield financiers(asking, under)
    yield from differences(asking, under)
    for kind, title in _KINDS.items():
        parts = tuple(findings(asking, {**under, "kind": (kind,)}, title))
        if parts:
            yield Section(kind, title, parts)
