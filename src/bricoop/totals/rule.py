"""A counting rule: a named, versioned object that says which finance counts."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

_KNOWN_BY = 12


class Base(StrEnum):
    """What a total is in: nominal US dollars, constant ones of one year, or money as stated."""

    NOMINAL = "nominal"
    CONSTANT = "constant"
    STATED = "stated"

    def unit(self, value: Any) -> str:
        """Return what an amount is in, given its price year or currency."""
        match self:
            case Base.NOMINAL:
                return "nominal USD"
            case Base.CONSTANT:
                return f"constant {value} USD"
        return str(value)


class Parents(StrEnum):
    """Which side counts where both a whole and its parts have amounts.

    As AidData's six scenarios of facilities show, the side that holds the money differs; where a
    source flags umbrellas, `as-flagged` leaves it at that.
    """

    AS_FLAGGED = "as-flagged"
    PARTS = "parts"
    WHOLE = "whole"


class Rollovers(StrEnum):
    """Whether what is rolled over counts each time, or is left out by the adjusted amounts."""

    COUNT = "count"
    LEAVE_OUT = "leave-out"


class Speaker(StrEnum):
    """Which source speaks for a project that several cover, once they are added together."""

    BEST = "best"
    EVERY = "every"


@dataclass(frozen=True)
class Step:
    """A step of a rule: which rows it leaves out, and why.

    Attributes:
        name: the word by which `--list` asks for its rows.
        title: what these rows are.
        leave_out: conditions on fields of `finance`, any of which leaves a row out.
    """

    name: str
    title: str
    leave_out: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Which finance counts, step by step; each row is left out by the first step that it meets.

    Attributes:
        name: its name, which stands beside every total.
        version: grows whenever the rule counts otherwise.
        title: what it counts, in a line.
        about: the same in full.
        steps: what is left out.
        price_base: what totals are in, unless another base is asked for.
        rollovers: how rolled-over money counts.
        parents: which side counts where a whole and its parts have amounts.
        speaker: which source speaks for a project that several cover.
        sources: keys of the sources that speak first, in their order, before the others by rank.
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
        """Its name and version, as they stand beside a total."""
        return f"{self.name}, version {self.version}"

    @property
    def digest(self) -> str:
        """A short digest of all it says, by which two rules of one name are told apart."""
        text = orjson.dumps(self.as_data(), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()[:_KNOWN_BY]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, just as a file of rules says it, with its name."""
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
