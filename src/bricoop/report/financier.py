"""The report on a financier: what it funds, where, under which links, and how."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity
from bricoop.query.citations import Citation
from bricoop.query.entity_profile import Portrait, portrait
from bricoop.query.funding import funding_sources
from bricoop.query.joint_finance import joint_note
from bricoop.query.question import Question
from bricoop.report.amounts import amounts_of
from bricoop.report.blocks import Note
from bricoop.report.charts import pictures, world
from bricoop.report.data import Asking, Filters, counted
from bricoop.report.differences import differences
from bricoop.report.entity_sections import names_section, values_section
from bricoop.report.money import money_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section
from bricoop.report.summary import Glance
from bricoop.report.tables import table

_BY = ("year", "country", "link", "status")


def financier_report(connection: Connection, request: Request) -> Report:
    """Return the report on the organization that a name means.

    Raises:
        NotFoundError: no organization is known by that name.
        AmbiguousNameError: the name means several of them.
    """
    found = find_entity(connection, request.name, [EntityKind.ORGANIZATION])
    asking, about = Asking(connection), portrait(connection, found.key)
    funded = {"financier": (found.key,)}
    named = tuple(
        Citation(key, counted(number, "projects"))
        for key, number in funding_sources(connection, found.id)
    )
    glance = Glance(asking, {"projects": funded}, {"projects": named})
    sections = [*_sections(asking, glance, funded, about, request)]
    sources = counted(len(named), "sources")
    summary = f"{found.name} funds {glance.said()}, according to {sources}."
    if glance.is_empty:
        summary = f"No source names a project that {found.name} funds."
    titles = (found.name, f"key {found.key}")
    return asking.finished("financier", found.key, titles, summary, sections)


def _sections(
    asking: Asking, glance: Glance, funded: Filters, about: Portrait, request: Request
) -> Iterator[Section]:
    if not glance.is_empty:
        where = world(asking, "projects", funded)
        yield glance.section(pictures(asking, "projects", funded, _BY, where))
        counting = request.counting(Question("finance", funded))
        money = money_section(asking.connection, counting)
        joint = joint_note(asking.connection, counting.question)
        yield replace(money, parts=(*money.parts, Note(joint))) if joint else money
        amounts = amounts_of(asking.connection, counting)
        leave_out = ("financiers",)
        projects = table(asking, "projects", funded, leave_out=leave_out, amounts=amounts)
        yield Section("projects", "Projects", (projects,))
    yield from differences(asking, {"about": (about.key,)}, about.name)
    yield from names_section(about)
    yield from values_section(about)
