"""Formatting of single values."""

from decimal import Decimal
from io import StringIO

import pytest

from bricoop.domain.amounts import to_the_cent
from bricoop.query.catalog import noun_of
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer
from bricoop.render.row_formats import Format, write_answer
from bricoop.render.table import Heading
from bricoop.render.values import short_money


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [
        ("1428000000", "USD", "US$ 1.43 bn"),
        ("1428000000", "nominal USD", "nominal US$ 1.43 bn"),
        ("1428000000", "constant 2021 USD", "constant 2021 US$ 1.43 bn"),
        ("31150000", "EUR", "EUR 31.2 m"),
        ("999600000", "USD", "US$ 1.00 bn"),
        ("999400000", "USD", "US$ 999 m"),
        ("1340000000000", "USD", "US$ 1.34 tn"),
        ("999999.99", "USD", "US$ 1.00 m"),
        ("950000.5", "USD", "US$ 950,000"),
        ("3900", "USD", "US$ 3,900"),
        ("999.5", "USD", "US$ 999.50"),
        ("-27400000", "USD", "US$ -27.4 m"),
        ("0", "USD", "US$ 0.00"),
        ("1e40", "USD", "US$ 10,000,000,000,000,000,000,000,000,000 tn"),
    ],
)
def test_money_is_shortened_with_its_currency_and_base(amount: str, unit: str, shown: str) -> None:
    assert short_money(Decimal(amount), unit) == shown


@pytest.mark.parametrize(
    ("amount", "short", "cents"),
    [
        ("14250000000", "US$ 14.2 bn", "14,250,000,000.00"),
        ("14350000000", "US$ 14.4 bn", "14,350,000,000.00"),
        ("0.125", "US$ 0.12", "0.12"),
        ("0.135", "US$ 0.14", "0.14"),
        ("-1234.565", "US$ -1,235", "-1,234.56"),
        ("1234.5", "US$ 1,234", "1,234.50"),
    ],
)
def test_halves_go_to_the_even_digit(amount: str, short: str, cents: str) -> None:
    assert short_money(Decimal(amount)) == short
    assert to_the_cent(Decimal(amount)) == cents


def test_thousands_of_counts_are_apart_and_those_of_years_are_not() -> None:
    count, year, text = (
        Heading("n", number=True),
        Heading("y", number=True, grouped_from=None),
        Heading("t"),
    )
    assert [count.text(number) for number in (999, 1000, -3952)] == ["999", "1,000", "-3,952"]
    assert [year.text(number) for number in (2019, 12345)] == ["2019", "12345"]
    # What a whole number in a column of texts is nobody has said: it may be a year.
    assert [text.text(number) for number in (2019, 12345)] == ["2019", "12,345"]


@pytest.mark.parametrize(
    ("noun", "field"),
    [("loads", "key"), ("records", "id"), ("records", "load"), ("finance", "price_year")],
)
def test_numbers_that_name_something_are_written_whole(noun: str, field: str) -> None:
    definition = noun_of(noun).field(field)
    assert definition is not None
    out = StringIO()
    write_answer(Answer(noun_of(noun), (definition,), iter([(2021,)])), Format.MARKDOWN, out)
    assert out.getvalue().endswith("| 2021 |\n")


def test_counts_of_groups_have_separators_for_people_only() -> None:
    counted = Field("count", "", Type.INTEGER, in_table=True)
    for format_, shown in ((Format.TABLE, "3,952"), (Format.CSV, "3952"), (Format.JSON, "3952")):
        out = StringIO()
        write_answer(Answer(noun_of("projects"), (counted,), iter([(3952,)])), format_, out)
        assert shown in out.getvalue()
