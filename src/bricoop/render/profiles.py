"""The output of `bricoop profiles`: the list of profiles, and the explanation of one."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from bricoop.domain.english import counted, singular, with_article
from bricoop.ingest.profile.model import FieldRule, Profile, RecordRule, SkipRule
from bricoop.render.screen import Screen
from bricoop.render.table import Heading, write_table


def write_profiles(profiles: Sequence[Profile], out: TextIO) -> None:
    """Write the list of profiles as a table."""
    rows = [
        (
            profile.name,
            profile.title,
            "; ".join(dict.fromkeys(rule.noun for rule in profile.records)),
            profile.source.licence,
        )
        for profile in profiles
    ]
    headings = [Heading(label) for label in ("name", "title", "becomes", "licence")]
    write_table(headings, rows, out)


def write_profile(profile: Profile, out: TextIO) -> None:
    """Write the purpose of a profile, and how columns become fields."""
    about = " ".join(profile.about.split())
    lines = [f"{profile.name}: {profile.title}", "", *([about, ""] if about else [])]
    source = {"source": profile.source.key, **profile.source.given()}
    lines += [f"{name}: {value}" for name, value in source.items()]
    if profile.variants:
        lines.append(f"variants: {', '.join(profile.variants)} (choose with --variant)")
    if profile.links:
        lines.append(f"table of links: {profile.links} (replace with --links)")
    if profile.form.header_rows > 1:
        lines.append(f"header: {profile.form.header_rows} rows, joined into one")
    if profile.whole_numbers:
        lines.append(
            f"whole numbers, also if 201 is written 201.0: {', '.join(profile.whole_numbers)}"
        )
    lines += [f"rows left out: {_left_out(rule)}" for rule in profile.skip]
    if profile.unpivot:
        unpivot = profile.unpivot
        columns = ", ".join(unpivot.columns)
        lines.append(f"columns that become rows: {columns} (as {unpivot.name}, {unpivot.value})")
    screen = Screen(out)
    for line in lines:
        screen.say(line)
    for rule in profile.records:
        sentence = f"A row becomes {_count(rule)}, identified by {', '.join(rule.id)}."
        screen.say("")
        screen.say(sentence)
        headings = [Heading("field"), Heading("from"), Heading("how")]
        rows = [
            (field.name, _origin(field), "; ".join(_explanations(field))) for field in rule.fields
        ]
        write_table(headings, rows, out)


def _left_out(rule: SkipRule) -> str:
    return f"{rule.because}, where {rule.condition}" if rule.because else rule.condition


def _count(rule: RecordRule) -> str:
    if rule.each:
        return f"one {singular(rule.noun)} for each part of {rule.each[0]}"
    return with_article(singular(rule.noun))


def _origin(rule: FieldRule) -> str:
    if rule.constant is not None:
        return repr(rule.constant)
    if rule.templates:
        return ", else ".join(rule.templates)
    joint = " and " if rule.all else ", else "
    return joint.join(rule.columns)


def _explanations(rule: FieldRule) -> Iterator[str]:
    if rule.add:
        yield f"always {', '.join(rule.add)}"
    if rule.separators:
        yield f"a list separated by {' or '.join(map(repr, rule.separators))}"
    yield from _word_rules(rule)
    if rule.number:
        yield "a number" + (f" times {rule.multiply}" if rule.multiply else "")
    if rule.date:
        yield "a date"
    if rule.unless:
        yield f"empty where it equals {rule.unless}"
    if rule.blank:
        yield f"{rule.blank} where the cell is empty"
    if rule.estimated:
        yield f"1 January is read as a year where {rule.estimated} is yes"
    if rule.only_year:
        yield f"{' and '.join(rule.only_year)} are read as a year"
    yield from _style(rule)
    for column, words in rule.when.items():
        yield f"where {column} is {'anything' if words == ('*',) else ' or '.join(words)}"


def _style(rule: FieldRule) -> Iterator[str]:
    """Yield the number and date styles of a field that differ from those of the profile."""
    for name, value in rule.style.items():
        if name == "units":
            units = (f"{unit or 'without a unit'} times {factor}" for unit, factor in value)
            yield f"units: {', '.join(units)}"
        else:
            listed = value if isinstance(value, tuple) else (value,)
            yield f"{name.replace('_', ' ')}: {' or '.join(map(repr, listed)) or 'none'}"


def _word_rules(rule: FieldRule) -> Iterator[str]:
    if rule.map:
        others = {"refuse": "refused", "keep": "kept as they are", "drop": "left out"}
        number = counted(len(rule.map), "codes" if rule.sectors else "words")
        below = " and all below them" if rule.sectors else ""
        yield f"{number}{below} mapped, others are {others[rule.unmapped]}"
    if rule.without:
        yield f"optional prefix {', '.join(map(repr, rule.without))}"
    if rule.delete:
        yield f"without {', '.join(map(repr, rule.delete))}"
