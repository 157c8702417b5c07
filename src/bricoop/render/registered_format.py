"""Base of the registries of output formats: enumerations whose members name their writers.

A new format is a member of one of them, and a module with its writer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any, Self


@dataclass(frozen=True)
class Writing:
    """How a format is named and written.

    Attributes:
        name: the value of `--format`.
        module: the module of its writer in `bricoop.render`, imported when the format is used.
        function: the name of the writer.
        endings: file extensions that mean the format, without the dot.
        binary: whether it is binary, which a terminal cannot show.
    """

    name: str
    module: str
    function: str
    endings: tuple[str, ...]
    binary: bool = False

    def writer(self) -> Callable[..., Any]:
        """Import and return the writer."""
        function: Callable[..., Any] = getattr(
            import_module(f"bricoop.render.{self.module}"), self.function
        )
        return function


class RegisteredFormat(StrEnum):
    """An output format; its value is the name, and `writing` says how it is written."""

    _value_: str
    writing: Writing

    def __new__(cls, writing: Writing) -> Self:
        """Make the member of a format."""
        member = str.__new__(cls, writing.name)
        member._value_ = writing.name
        member.writing = writing
        return member
