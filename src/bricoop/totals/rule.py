"""Counting rules: named and versioned definitions of which finance counts in a total."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

#: Hexadecimal digits of a digest: enough to tell rules of one name apart by mistake, not by intent.
_KNOWN_BY = 12


class Base(StrEnum):
    """The price base of a total: nominal or constant US dollars, or amounts as stated."""

    NOMINAL = "nominal"
    CONSTANT = "constant"
    STATED = "stated"

    def unit(self, value: Any) -> str:
        """Return the unit of an amount for a message, given its price year or currency."""
        match self:
            case Base.NOMINAL:
                return "nominal USD"
            case Base.CONSTANT:
                return f"constant {value} USD"
        return str(value)


class Parents(StrEnum):
    """Which side counts if both a whole project and its parts have amounts.

    AidData's six scenarios of facilities show that the side with the money differs. `as-flagged`
    leaves nothing out, for sources that flag umbrella projects themselves.
    """

    AS_FLAGGED = "as-flagged"
    PARTS = "parts"
    WHOLE = "whole"


class Rollovers(StrEnum):
    """Whether rolled-over debt counts each time, or is left out by using adjusted amounts."""

    COUNT = "count"
    LEAVE_OUT = "leave-out"


class Speaker(StrEnum):
    """Which rows count for a deal that several rows state, or a project that several sources cover.

    Projects of several sources matter only if these are added together.
    """

    BEST = "best"
    EVERY = "every"


@dataclass(frozen=True)
class Step:
    """A step of a rule, which leaves rows out.

    Attributes:
        name: its name, also the argument of `--list`.
        title: a description of these rows.
        leave_out: conditions on fields of `finance`; a row that meets any of them is left out.
    """

    name: str
    title: str
    leave_out: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A counting rule; each row is left out by the first step that applies to it.

    Attributes:
        name: its name, which is shown with every total.
        version: its version, which is incremented with every change of what it counts.
        title: a description in one line.
        about: a full description.
        steps: its steps in order.
        price_base: the default price base of totals.
        rollovers: how rolled-over debt counts.
        parents: which side counts if a whole and its parts have amounts.
        speaker: which rows count for a deal or project that several sources or rows state.
        sources: keys of preferred sources in order; all others follow by rank.
    """

    name: str
    version: int
    title: str
    about: str
    steps: tuple[Step, ...]
    price_base: Base
    rollovers: Rollovers
    parents: Parents
    speaker: Speaker
    sources: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Its name and version, as shown with totals."""
        return f"{self.name}, version {self.version}"

    @property
    def digest(self) -> str:
        """A short digest of its content, which distinguishes rules of the same name."""
        text = orjson.dumps(self.as_data(), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()[:_KNOWN_BY]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data in the form of a rule file, with its name."""
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "about": self.about,
            "price_base": self.price_base.value,
            "rollovers": self.rollovers.value,
            "parents": self.parents.value,
            "speaker": self.speaker.value,
            "sources": list(self.sources),
            "steps": [
                {"name": step.name, "title": step.title, "leave_out": list(step.leave_out)}
                for step in self.steps
            ],
        }
