"""Proposes fields for the headings of columns that are years: date, kind and instrument."""

from collections.abc import Iterator, Sequence

from bricoop.domain.vocabularies import FinanceKind, Instrument
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.toml_text import listed, quoted
from bricoop.ingest.profile.unpivot_guesses import YearColumn
from bricoop.ingest.profile.vocabulary import code_of


def year_fields(years: Sequence[YearColumn], column: str) -> Iterator[str]:
    """Yield the lines of finance fields that are read from the headings of these years."""
    if not years:
        return
    beside = {
        year_column.name.replace(year_column.year, "") for year_column in years if year_column.word
    }
    if not beside:
        yield f"date = {quoted(column)}"
        return
    yield f"date = {{ column = {quoted(column)}, delete = {listed(sorted(beside))} }}"
    unknown = {
        year_column.word
        for year_column in years
        if year_column.word and not guesses.is_currency(year_column.word)
    }
    for field, vocabulary in (("kind", FinanceKind), ("instrument", Instrument)):
        codes = {year_column.name: code_of(year_column.word, vocabulary) for year_column in years}
        if all(codes.values()):
            pairs = ", ".join(f"{quoted(name)} = {quoted(code)}" for name, code in codes.items())
            yield f"{field} = {{ column = {quoted(column)}, map = {{ {pairs} }} }}"
            return
    if unknown:
        yield f"# Check: what do {', '.join(map(quoted, sorted(unknown)))} say of the amounts?"
