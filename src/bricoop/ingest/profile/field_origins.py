"""Describes which cells each field was read from, for storage with the header of a load."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bricoop.domain.cell_choice import Choice
from bricoop.ingest.profile.cells import template_columns
from bricoop.ingest.profile.model import FieldRule, RecordRule, Styles


def origins_of(
    rules: Sequence[RecordRule], names: Mapping[str, str], styles: Styles
) -> dict[str, tuple[Choice, ...]]:
    """Return for each field of one noun the choices of cells from which it may be read.

    Args:
        rules: the rules for records of this noun.
        names: for each column of the file, by its name in rules, its heading in the file.
        styles: the styles of the layout.
    """
    origins: dict[str, list[Choice]] = defaultdict(list)
    for rule in rules:
        record = id_prefix(rule) if len(rules) > 1 else ""
        is_told_apart = sum(id_prefix(other) == record for other in rules) == 1 or len(rules) == 1
        origins["id"].append(Choice(rule.id, all=True, record=record))
        for name in dict.fromkeys(field.name for field in rule.fields):
            fields = [field for field in rule.fields if field.name == name]
            choices = [choice for field in fields for choice in _choices(field, styles)]
            if is_told_apart:
                # If no earlier choice gave the value, it must come from the last one.
                choices[-1:] = [choice.unconditional() for choice in choices[-1:]]
            origins[name] += [replace(choice, record=record) for choice in choices]
    printed = {
        name: tuple(
            printed_choice for choice in choices for printed_choice in _printed(choice, names)
        )
        for name, choices in origins.items()
    }
    return {
        name: choices
        for name, choices in printed.items()
        if any(choice.columns for choice in choices)
    }


def id_prefix(rule: RecordRule) -> str:
    """Return the prefix of the ids of a rule's records."""
    return "".join(f"{prefix}|" for prefix in (rule.label, *rule.each[:1]) if prefix)


def _choices(rule: FieldRule, styles: Styles) -> Iterator[Choice]:
    """Yield the choices of cells from which a rule may read its field."""
    when = {**rule.when}
    empty = tuple(sorted(styles.over(rule.style).empty))
    # Conditions look at other columns, to which the field's own `empty` does not apply.
    is_own = bool(when) and {*empty} != styles.empty
    plain = Choice((), when=when, empty=empty,
                   empty_elsewhere=("", *sorted(styles.empty)) if is_own else ())  # fmt: skip
    if rule.constant is not None:
        yield replace(plain, columns=tuple(when), all=True, fixed=True)
        return
    for template in rule.templates:
        columns = tuple(template_columns(template))
        yield replace(plain, columns=columns, whole=True, fixed=not columns)
    if rule.templates:
        return
    mapped, silent = ({word.casefold(): None for word, meaning in rule.map.items()
                      if bool(meaning) == is_value} for is_value in (True, False))  # fmt: skip
    yield replace(
        plain,
        columns=rule.columns,
        all=rule.all,
        fixed=bool(rule.blank or rule.add),
        unless=rule.unless,
        delete=rule.delete,
        separators=rule.separators,
        undivided=rule.whole,
        without=tuple(beginning.casefold() for beginning in rule.without),
        known=tuple(mapped),
        silent=tuple(silent),
        only_known=bool(rule.map) and rule.unmapped == "drop",
        sectors=rule.sectors,
    )


def _printed(choice: Choice, names: Mapping[str, str]) -> Iterator[Choice]:
    """Yield a choice with the headings of the file, unless the file lacks all of its columns."""
    columns = tuple(names[name] for name in choice.columns if name in names)
    if not columns and not choice.fixed:
        return
    yield replace(
        choice,
        columns=columns,
        when={names.get(name, name): words for name, words in choice.when.items()},
        unless=names.get(choice.unless, choice.unless),
    )
