"""Options and arguments whose plain values are converted without Pydantic.

Typer converts every value by Pydantic, also one that was not given. Importing Pydantic and building
its validators takes a fifth of the time of a short question. What is not plain is left to Typer,
which also words the message on a wrong value.
"""

import os
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin

import typer
from typer.core import TyperArgument, TyperOption

#: A number whose conversion Python and Pydantic agree on; Pydantic also reads `1_000` and ` 1`.
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,15}(?:\.\d{1,15})?", re.ASCII)
#: The option whose last value replaces others: aliases of the shell name a database.
_REPLACEABLE = "db"
#: The largest whole number up to which every one is a float.
_EXACT = 2**53


class NotPlainError(ValueError):
    """A value that Typer has to convert or to refuse."""


class PlainConversion:
    """The conversion of the values of a parameter, in place of Typer's."""

    def __init__(self, parameter: "PlainOption | PlainArgument") -> None:
        """Take the parameter, whose class has Typer's conversion."""
        self._parameter = parameter

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the converted value of a parameter; None or an empty tuple if it has none."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        try:
            return plain_value(value, param.type_descriptor)
        except NotPlainError:
            return self._parameter.typers_conversion().coerce(value, param=param, ctx=ctx)


class PlainOption(TyperOption):
    """An option with plain conversion, which refuses an empty value, and a second one for one."""

    def add_to_parser(self, parser: Any, ctx: Any) -> None:
        """Add the option to a parser that keeps all values, also of an option that takes one."""
        if self.is_flag or self.multiple or self.count or self.nargs != 1:
            super().add_to_parser(parser, ctx)
        else:
            parser.add_option(obj=self, opts=self.opts, dest=self.name, action="append", nargs=1)

    def consume_value(self, ctx: Any, opts: Any) -> tuple[Any, Any]:
        """Return the value of the option, and where it is from.

        Raises:
            typer.BadParameter: the value is empty, or there are several and the option takes one.
        """
        value, source = super().consume_value(ctx, opts)
        if source.name != "COMMANDLINE" or self.is_flag or self.count:
            return value, source
        values = value if isinstance(value, list | tuple) else [value]
        if not ctx.resilient_parsing:
            self._check(values)
        return (value if self.multiple or self.nargs != 1 else values[-1]), source

    def _check(self, values: Any) -> None:
        # Empty values of filters are refused where filters are compiled, with a better hint.
        if "" in values and not str(self.name).startswith("filter_"):
            raise typer.BadParameter("it is empty. Give a value, or leave the option out.")
        if len(values) > 1 and not self.multiple and self.nargs == 1 and self.name != _REPLACEABLE:
            raise typer.BadParameter(f"the option takes one value, and has {len(values)}.")

    def get_runtime_param(self) -> Any:
        """Return what converts the values of the option."""
        return PlainConversion(self)

    def typers_conversion(self) -> Any:
        """Return Typer's own conversion."""
        return super().get_runtime_param()


class PlainArgument(TyperArgument):
    """An argument with plain conversion."""

    def get_runtime_param(self) -> Any:
        """Return what converts the values of the argument."""
        return PlainConversion(self)

    def typers_conversion(self) -> Any:
        """Return Typer's own conversion."""
        return super().get_runtime_param()


def with_plain_values(parameter: Any) -> Any:
    """Return an option or argument that Typer has made, with plain conversion.

    Typer cannot be given a class for options, so the state of the option is taken over.
    """
    for typers_class, plain_class in ((TyperOption, PlainOption), (TyperArgument, PlainArgument)):
        if type(parameter) is typers_class:
            plain = plain_class.__new__(plain_class)
            vars(plain).update(vars(parameter))
            return plain
    return parameter


def plain_value(value: Any, descriptor: Any) -> Any:
    """Return a value as the type of its parameter.

    Args:
        value: the value as given, or a default.
        descriptor: Typer's description of the parameter: its type, and the bounds of numbers.

    Raises:
        NotPlainError: the value is wrong, or its conversion takes more than is done here.
    """
    annotation, stated = descriptor.annotation, descriptor.parameter_info
    if stated.parser is not None:
        raise NotPlainError
    if get_origin(annotation) is list:
        if get_args(annotation) != (str,) or not isinstance(value, list | tuple):
            raise NotPlainError
        return [_text(item, stated) for item in value]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _choice(value, annotation)
    convert = _CONVERSIONS.get(annotation)
    if convert is None:
        raise NotPlainError
    return convert(value, stated)


def _choice(value: Any, choices: type[StrEnum]) -> StrEnum:
    try:
        return choices(value)
    except ValueError as error:
        raise NotPlainError from error


def _text(value: Any, stated: Any) -> str:
    del stated
    if type(value) is not str or not _is_unicode(value):
        raise NotPlainError
    return value


def _is_unicode(value: str) -> bool:
    """Tell whether a text has no bytes that are not UTF-8, which Python keeps as surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(pattern: re.Pattern[str], kind: type[int] | type[float]) -> Callable[[Any, Any], Any]:
    def convert(value: Any, stated: Any) -> int | float:
        if isinstance(value, str) and pattern.fullmatch(value):
            value = kind(value)
        elif kind is float and type(value) is int and abs(value) <= _EXACT:
            value = float(value)
        if type(value) is not kind:
            raise NotPlainError
        lowest, highest = stated.min, stated.max
        if (lowest is not None and value < lowest) or (highest is not None and value > highest):
            raise NotPlainError
        return value

    return convert


def _path(value: Any, stated: Any) -> Path:
    """Return a path to nothing, or to what is readable; Typer refuses another one."""
    if stated.path_type is not None or stated.resolve_path or stated.allow_dash:
        raise NotPlainError
    path = value if isinstance(value, Path) else Path(_text(value, stated))
    if stated.exists or stated.writable or not (stated.file_okay and stated.dir_okay):
        raise NotPlainError
    if os.path.exists(path) and not os.access(path, os.R_OK):  # noqa: PTH110 (Path.exists raises an error if a name is too long)
        raise NotPlainError
    return path


_CONVERSIONS: dict[Any, Callable[[Any, Any], Any]] = {
    str: _text, int: _number(_WHOLE, int), float: _number(_DECIMAL, float), Path: _path,
}  # fmt: skip
