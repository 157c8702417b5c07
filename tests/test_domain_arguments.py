"""Tests of the run-time checks of arguments."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bricoop.domain.arguments import checked, checked_fields
from bricoop.errors import ArgumentError, BricoopError


@checked("ports")
def ports(
    country: str,
    *names: str,
    limit: int | None = None,
    share: bool = False,
    columns: str | Iterable[str] = (),
    **filters: str | float | date | Decimal | Iterable[str | float | date] | None,
) -> tuple[object, ...]:
    """Return the arguments."""
    return country, names, limit, share, columns, filters


@checked("years")
def years(first: int, last: int = 0) -> int:
    """Return the number of years between two years."""
    return last - first


@checked_fields
@dataclass(frozen=True)
class Wish:
    """A data class.

    Attributes:
        noun: a text.
        filters: for each name its values.
        columns: names.
    """

    noun: str
    filters: Mapping[str, tuple[str, ...]]
    columns: tuple[str, ...] = ()


Given = tuple[tuple[Any, ...], dict[str, Any]]


def given(*args: Any, **kwargs: Any) -> Given:
    """Return the arguments of a call."""
    return args, kwargs


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (years, given(), "years() needs the argument first."),
        (years, given(1, 2, 3), "years() takes 2 positional arguments, not 3."),
        (years, given(1, lst=2), "years() has no argument 'lst'. Did you mean: last?"),
        (years, given(1, xyz=2), "years() has no argument 'xyz'. It has: first, last."),
        (years, given(1, first=2), "years() got the argument first twice."),
        (years, given(-1), "years(): first must not be negative, as -1 is."),
        (years, given(first=True), "years(): first must be an integer, not True."),
        (years, given("1"), "years(): first must be an integer, not '1'."),
        (ports, given(3), "ports(): country must be a string, not 3."),
        (ports, given("BLR", 3), "ports(): names must be a string, not 3."),
        (ports, given("BLR", limit=2.5), "ports(): limit must be an integer, not 2.5."),
        (ports, given("BLR", share="no"), "ports(): share must be True or False, not 'no'."),
        (ports, given("BLR", columns=[1]), "columns must be a string or a list of strings, not [1]."),
        (ports, given("BLR", columns={"a": 1}), "columns must be a string or a list of strings"),
        (ports, given("BLR", kind=b"x"), "kind must be a string, a number, a date or a list of these, not b'x'."),
        (ports, given("BLR", kind=[None]), "kind must be a string, a number, a date or a list of these, not [None]."),
        (Wish, given(), "Wish() needs the argument noun."),
        (Wish, given("a", {"kind": "port"}), "filters must be a mapping of names to lists of strings, not {'kind': 'port'}."),
        (Wish, given("a", {}, "name"), "Wish(): columns must be a list of strings, not 'name'."),
        (Wish, given("a", {}, colums=()), "Wish() has no argument 'colums'. Did you mean: columns?"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_a_sentence(
    function: Callable[..., object], arguments: Given, message: str
) -> None:
    args, kwargs = arguments
    with pytest.raises(ArgumentError) as caught:
        function(*args, **kwargs)
    assert message in str(caught.value)
    # It is both a `BricoopError` and a `TypeError`.
    assert isinstance(caught.value, BricoopError)
    assert isinstance(caught.value, TypeError)


def test_what_fits_is_passed_on() -> None:
    passed = ports("BLR", "a", limit=0, share=True, columns=iter("ab"), kind=[1, date(2019, 1, 1)])
    assert passed[:4] == ("BLR", ("a",), 0, True)
    assert ports("BLR", kind=None, amount=Decimal(1))[-1] == {"kind": None, "amount": Decimal(1)}
    assert years(1, 3) == 2
    assert Wish("a", {"kind": ("port",)}, ["name"]).noun == "a"  # type: ignore[arg-type]
    assert ports.__doc__ == "Return the arguments."
