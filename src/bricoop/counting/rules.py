"""The rules that come with bricoop, and a user's own: TOML is read, and refused by its key."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bricoop.counting.rule import Base, Parents, Rollovers, Rule, Speaker, Step
from bricoop.domain.closeness import nearest
from bricoop.domain.toml import check_keys, read_toml, texts
from bricoop.errors import NotFoundError, UsageError
from bricoop.query.where import parse
from bricoop.settings import resource_folder

_Word = TypeVar("_Word", bound=StrEnum)
DEFAULT = "signed"
#: What the waterfall itself calls its ends, and the steps that follow from a rule's settings.
RESERVED = (
    "everything", "parents", "no-amount", "other-sources", "rolled-over", "counted",
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KINDS: Mapping[str, type] = {
    "name": str, "version": int, "title": str, "about": str, "price_base": str, "rollovers": str,
    "parents": str, "speaker": str, "sources": list, "steps": list,
}  # fmt: skip
_STEP_KINDS: Mapping[str, type] = {"name": str, "title": str, "leave_out": list}


def shipped() -> tuple[str, ...]:
    """Return the names of the rules that come with bricoop, the default first."""
    names = sorted(path.stem for path in _folder().glob("*.toml"))
    return (DEFAULT, *(name for name in names if name != DEFAULT))


def rule_of(named: str) -> Rule:
    """Return a rule by its name, or by the path of a file.

    Raises:
        NotFoundError: no rule is known by that name.
        FileUnreadableError: the file cannot be read, or is not TOML.
        UsageError: what it says is no rule; the message names the key.
    """
    if named in shipped():
        path = _folder() / f"{named}.toml"
    elif named.endswith(".toml"):
        path = Path(named)
    else:
        names = shipped()
        raise NotFoundError("counting rule", named, nearest(named, {x: x for x in names}) or names)
    data = read_toml(path)
    if named.endswith(".toml") and path.stem in shipped() and "name" not in data:
        hint = 'Give it a name of its own: name = "mine".'
        raise UsageError(f"The rule {path.name} would pass for the shipped rule {path.stem}.", hint)
    return rule_from({"name": path.stem, **data}, f"The rule {path.name}")


def rule_from(data: Mapping[str, Any], where: str) -> Rule:
    """Return the rule that plain data states.

    Args:
        data: as a file of rules says it, with its name.
        where: where it stands, for messages.

    Raises:
        UsageError: it is no rule; the message names the key.
    """
    check_keys(data, _KINDS, where, ("name", "version", "title"))
    steps = tuple(
        _step(one, f"{where}: steps.{number}")
        for number, one in enumerate(data.get("steps", ()), 1)
    )
    names = [step.name for step in steps]
    for name in names:
        if names.count(name) > 1 or name in RESERVED:
            message = f"{where}: the name {name!r} of a step is taken."
            raise UsageError(message, f"Each has its own, and none is: {', '.join(RESERVED)}.")
    if data["version"] < 1:
        raise UsageError(f"{where}: version is below 1.", "Versions count from 1.")
    return Rule(
        name=data["name"],
        version=data["version"],
        title=data["title"],
        about=" ".join(data.get("about", "").split()),
        steps=steps,
        price_base=_one_of(Base, data, "price_base", Base.NOMINAL, where),
        rollovers=_one_of(Rollovers, data, "rollovers", Rollovers.LEAVE_OUT, where),
        parents=_one_of(Parents, data, "parents", Parents.AS_FLAGGED, where),
        speaker=_one_of(Speaker, data, "speaker", Speaker.BEST, where),
        sources=texts(data.get("sources", []), "sources", where),
    )


def _step(data: Any, where: str) -> Step:
    check_keys(data, _STEP_KINDS, where, tuple(_STEP_KINDS))
    if not _NAME.fullmatch(data["name"]):
        message = f"{where}.name: {data['name']!r} is no plain name."
        raise UsageError(message, "Write small letters, digits and hyphens: called-off.")
    conditions = texts(data["leave_out"], "leave_out", where)
    if not conditions:
        message = f"{where}.leave_out: nothing is left out."
        raise UsageError(message, 'Write a condition: ["kind = pledge"].')
    for condition in conditions:
        try:
            parse(condition)
        except UsageError as error:
            raise UsageError(f"{where}.leave_out: {error.message}", error.hint) from error
    return Step(data["name"], data["title"], conditions)


def _one_of(
    words: type[_Word], data: Mapping[str, Any], name: str, unsaid: _Word, where: str
) -> _Word:
    given = data.get(name, unsaid.value)
    try:
        return words(given)
    except ValueError as error:
        known = ", ".join(one.value for one in words)
        raise UsageError(f"{where}: {name} is {given!r}.", f"It is one of: {known}.") from error


def _folder() -> Path:
    return resource_folder("rules")
