"""Run-time checks of the arguments of public functions, for clear errors in scripts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from reprlib import repr as shortened
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, get_args, get_origin

from bricoop.domain.english import counted, with_article
from bricoop.domain.suggestions import nearest, slips
from bricoop.errors import ArgumentError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_NAMES: dict[Any, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "True or False",
    Decimal: "a number",
    date: "a date",
    Path: "a path",
}
_HIDDEN = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}


def checked(called: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that checks names and types of arguments before a function is called.

    A misfit raises `ArgumentError` with what the function expects.

    Args:
        called: the name of the function for messages.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        own = signature(function)

        @wraps(function)
        def checking(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                bound = own.bind(*args, **kwargs)
            except TypeError:
                raise _misfit(called, own, args, kwargs) from None
            bound.arguments.pop("self", None)
            for name, value in bound.arguments.items():
                for label, argument in _values(own.parameters[name], value):
                    _check(called, label, argument, own.parameters[name].annotation)
            return function(*args, **kwargs)

        return checking

    return decorated


def checked_fields(kind: type[T]) -> type[T]:
    """Class decorator that makes a data class check the types of its fields."""
    kind.__init__ = checked(kind.__name__)(kind.__init__)  # type: ignore[method-assign]
    return kind


def _values(parameter: Parameter, value: Any) -> list[tuple[str, Any]]:
    if parameter.kind is Parameter.VAR_KEYWORD:
        return list(value.items())
    return [
        (parameter.name, argument) for argument in (value if parameter.kind in _HIDDEN else [value])
    ]


def _check(called: str, name: str, value: Any, annotation: Any) -> None:
    if not _fits(value, annotation):
        expected = _described(annotation)
        raise ArgumentError(f"{called}(): {name} must be {expected}, not {shortened(value)}.")
    if isinstance(value, int) and value < 0 and annotation in {int, int | None}:
        raise ArgumentError(f"{called}(): {name} must not be negative, as {value} is.")


def _fits(value: Any, annotation: Any) -> bool:
    origin, type_arguments = get_origin(annotation), get_args(annotation)
    if origin is UnionType:
        return any(_fits(value, member) for member in type_arguments)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _fits(key, type_arguments[0]) and _fits(element, type_arguments[1])
            for key, element in value.items()
        )
    if origin is not None and issubclass(origin, Iterable):
        if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
            return False
        # Looking into an iterator would consume it.
        return isinstance(value, Iterator) or all(
            _fits(element, type_arguments[0]) for element in value
        )
    if annotation in {int, float}:
        # In Python True is an integer. An integer is accepted where a float is expected.
        return isinstance(value, int | annotation) and not isinstance(value, bool)
    return not isinstance(annotation, type) or isinstance(value, annotation)


def _described(annotation: Any) -> str:
    """Describe a type for a message: `a string, a number or a list of these`."""
    members = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    kinds = [member for member in members if member is not NoneType]
    # `int` and `bool` beside `float` add nothing for a reader: an integer is a number, and filters
    # say themselves where True and False make sense.
    kinds = [member for member in kinds if float not in kinds or member not in {int, bool}]
    *names, last = dict.fromkeys(map(_type_name, kinds))
    return f"{', '.join(names)} or {last}" if names else last


def _type_name(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is not None and issubclass(origin, Mapping):
        return "a mapping of names to lists of strings"
    if origin is not None:
        items = "strings" if get_args(annotation)[0] is str else "these"
        return f"a list of {items}"
    return _NAMES.get(annotation) or with_article(annotation.__name__)


def _misfit(
    called: str, own: Signature, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> ArgumentError:
    """Return the error for a call that does not match a signature."""
    parameters = [
        parameter
        for parameter in own.parameters.values()
        if parameter.name != "self" and parameter.kind not in _HIDDEN
    ]
    names = {parameter.name: parameter.name for parameter in parameters}
    for name in kwargs:
        if name not in names:
            near = nearest(name, names)
            hint = f"Did you mean: {'; '.join(near)}?" if near else f"It has: {', '.join(names)}."
            return ArgumentError(f"{called}() has no argument {name!r}.", hint)
    positional_count = len(args) - ("self" in own.parameters)
    in_order = [
        parameter for parameter in parameters if parameter.kind is not Parameter.KEYWORD_ONLY
    ]
    if positional_count > len(in_order):
        taken = counted(len(in_order), "positional arguments")
        message = f"{called}() takes {taken}, not {positional_count}."
        named = ", ".join(parameter.name for parameter in parameters if parameter not in in_order)
        return ArgumentError(message, f"Name the others: {named}." if named else "")
    for parameter in parameters[positional_count:]:
        if parameter.default is Parameter.empty and parameter.name not in kwargs:
            return ArgumentError(f"{called}() needs the argument {parameter.name}.")
    twice = next(
        parameter.name for parameter in in_order[:positional_count] if parameter.name in kwargs
    )
    return ArgumentError(f"{called}() got the argument {twice} twice.")


def meant(called: str, name: str, own: Sequence[str]) -> ArgumentError | None:
    """Return an error for a filter that is probably a misspelt argument of the function, else None.

    Args:
        called: the name of the function for messages.
        name: the name that was given as a filter.
        own: the names of the arguments of the function.
    """
    near = slips(name, own)
    if not near:
        return None
    return ArgumentError(f"{called}() has no argument {name!r}.", f"Did you mean: {near[0]}?")
