"""Profiles for people: a list of them, and one explained field by field."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from bricoop.domain.names import printable
from bricoop.ingest.profile.model import FieldRule, Profile, RecordRule
from bricoop.render.table import Heading, write_table


def write_profiles(profiles: Sequence[Profile], out: TextIO) -> None:
    """Write a list of profiles."""
    rows = [
        (
            one.name,
            one.title,
            "; ".join(dict.fromkeys(rule.noun for rule in one.records)),
            one.source.licence,
        )
        for one in profiles
    ]
    headings = [Heading(label) for label in ("name", "title", "becomes", "licence")]
    write_table(headings, rows, out)


def _nouns(profile: Profile) -> list[str]:
    return list(dict.fromkeys(rule.noun for rule in profile.records))


def write_profile(profile: Profile, out: TextIO) -> None:
    """Write what a profile is for, and which column becomes which field."""
    lines = [f"{profile.name}: {profile.title}", "", *profile.about.strip().split("\n"), ""]
    source = {"source": profile.source.key, **profile.source.given()}
    lines += [f"{name}: {value}" for name, value in source.items()]
    if profile.variants:
        lines.append(f"variants: {', '.join(profile.variants)} (say which with --variant)")
    if profile.links:
        lines.append(f"table of links: {profile.links} (give your own with --links)")
    if profile.form.header_rows > 1:
        lines.append(f"header: {profile.form.header_rows} rows, joined into one")
    lines += [f"rows left out: {one.reason}" for one in profile.skip]
    if profile.unpivot:
        one = profile.unpivot
        columns = ", ".join(one.columns)
        lines.append(f"columns that become rows: {columns} (as {one.name}, {one.value})")
    # A profile may come from a stranger: its texts must not move a terminal's cursor.
    out.writelines(f"{printable(line)}\n" for line in lines)
    for rule in profile.records:
        sentence = f"A row becomes {_count(rule)}, known again by {', '.join(rule.id)}."
        out.write(f"\n{printable(sentence)}\n")
        headings = [Heading("field"), Heading("from"), Heading("how")]
        rows = [(one.name, _origin(one), "; ".join(_ways(one))) for one in rule.fields]
        write_table(headings, rows, out)


def _count(rule: RecordRule) -> str:
    if rule.each:
        return f"{rule.noun}, one for each part of {rule.each[0]}"
    return f"a record of {rule.noun}"


def _origin(rule: FieldRule) -> str:
    if rule.constant is not None:
        return repr(rule.constant)
    if rule.templates:
        return ", else ".join(rule.templates)
    joint = " and " if rule.all else ", else "
    return joint.join(rule.columns)


def _ways(rule: FieldRule) -> Iterator[str]:
    if rule.add:
        yield f"and always {', '.join(rule.add)}"
    if rule.separators:
        yield f"a list divided by {' or '.join(map(repr, rule.separators))}"
    yield from _words(rule)
    if rule.number:
        yield "a number" + (f" times {rule.multiply}" if rule.multiply else "")
    if rule.date:
        yield "a date"
    if rule.unless:
        yield f"nothing where it is as {rule.unless}"
    if rule.blank:
        yield f"{rule.blank} where the cell is empty"
    if rule.estimated:
        yield f"1 January is a year where {rule.estimated} says yes"
    if rule.only_year:
        yield f"{' and '.join(rule.only_year)} are a year"
    yield from _style(rule)
    for column, words in rule.when.items():
        yield f"where {column} says {'anything' if words == ('*',) else ' or '.join(words)}"


def _style(rule: FieldRule) -> Iterator[str]:
    """Yield how a field is written where that is not how the layout is."""
    for name, value in rule.style:
        if name == "units":
            units = (f"{unit or 'without a unit'} times {factor}" for unit, factor in value)
            yield f"units: {', '.join(units)}"
        else:
            listed = value if isinstance(value, tuple) else (value,)
            yield f"{name.replace('_', ' ')}: {' or '.join(map(repr, listed)) or 'none'}"


def _words(rule: FieldRule) -> Iterator[str]:
    if rule.map:
        others = {"refuse": "refused", "keep": "kept as they are", "drop": "left out"}
        what = "codes and all under them" if rule.sectors else "words"
        yield f"{len(rule.map)} {what} are known, others are {others[rule.unmapped]}"
    if rule.without:
        yield f"before them may stand {', '.join(map(repr, rule.without))}"
    if rule.delete:
        yield f"without {', '.join(map(repr, rule.delete))}"
