"""Reads tables of rules for the kinds of projects, and computes their digest."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bricoop.domain.document_faults import shown
from bricoop.domain.limits import TOML_SIZE
from bricoop.domain.project_kinds.rule import Rule
from bricoop.domain.project_kinds.rule_reader import RuleReader
from bricoop.errors import UsageError

_VERSION = re.compile(r"# version (\S{1,40})\s*$", re.MULTILINE)
_SHIPPED = Path(__file__).with_name("rules.csv")


class RuleTable(NamedTuple):
    """The rules of a table.

    Attributes:
        rules: the rules, in their order.
        version: the version that its first line states: `# version 1`; otherwise empty.
        digest: the SHA-256 digest of the rules.
        text: the table as it was written.
    """

    rules: tuple[Rule, ...]
    version: str
    digest: str
    text: str


@cache
def shipped_table() -> RuleTable:
    """Return the table that comes with bricoop."""
    return read_rules(_SHIPPED)


def shipped_text() -> str:
    """Return the table that comes with bricoop as text, with its notes."""
    return _SHIPPED.read_text(encoding="utf-8")


def read_rules(path: Path) -> RuleTable:
    """Return the rules of a CSV file.

    Raises:
        UsageError: the file cannot be read or is invalid; the error names the line and column.
    """
    file = shown(path.name)
    try:
        with path.open("rb") as stream:
            content = stream.read(TOML_SIZE.value + 1)
        if len(content) > TOML_SIZE.value:
            raise UsageError(f"The table of kinds {file} is larger than {TOML_SIZE}.")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"The table of kinds {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The table of kinds {file} is not UTF-8 text.") from error
    return parse_rules(text, file)


def parse_rules(text: str, file: str = "rules.csv") -> RuleTable:
    """Return the rules of a table in CSV; lines that begin with `#` are comments.

    The digest is that of the rules: notes, order of columns and blank lines do not change it.

    Args:
        text: the table.
        file: the name of its file, for messages.

    Raises:
        UsageError: the table is invalid; the error names the line and column.
    """
    rules = RuleReader(file).rules(text)
    content = "\n".join(
        [
            f"{rule.field}\t{rule.match}\t{rule.kind}\t{rule.second}\t{rule.priority}\t{rule.language}"
            for rule in rules
        ]
    )
    stated = _VERSION.match(text)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return RuleTable(rules, stated[1] if stated else "", digest, text)
