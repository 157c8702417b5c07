"""Fuzz tests: mutated files are read or refused, in bounded time and memory."""

import copy
import datetime as dt
import io
import json
import random
import resource
import shutil
import signal
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bricoop.settings import resource_folder
from support.command_line import answer, run
from support.right_files import (
    CSV,
    DATA,
    MEMO,
    PROFILE,
    QUESTION,
    WIDE_DATA,
    WIDE_PROFILE,
    old_workbook,
    open_document,
    workbook,
)

#: A mutated file may take this long (seconds of the processor) and this much memory (KiB).
LONGEST = 10
#: Timeout in seconds of wall time, as other processes may slow a command down.
HANGS = 120
LARGEST = 700 * 1024
#: Among this many mutations, some must be refused.
MANY = 100

#: Bytes that are written into files: syntax of TOML, JSON, CSV and XML, and extreme values.
TOKENS = (
    b"", b"\n", b",", b'"', b'"""', b"=", b"[", b"[[", b"]", b"{", b"}", b"[" * 5000, b"{a=" * 3000, b"[[records]]\n",
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", "\u202e\u2066".encode(), b"\x1b[31m",
    b"1e9999999", b"-1e400", b"nan", b"inf", b"99999999999999999999", b"-1", b"0", b"true", b"null", b"''", b"[]", b"{}",
    b"0001-01-01", b"9999-99-99", b"../../etc/passwd", b"/etc/passwd", b"{Name}", b"{#}", b"{Name:country}", b"%Y%m%d%f",
    b" or kind = port" * 400, b"(" * 400, b"*" * 400, b"not " * 400, b"A" * 70_000, b"a;b|c\td", b"<a>&lt;", b"&x;",
    b"XFD1048576", b"ZZZZZZ4294967295", b"#REF!", "\uff11\uff12\uff13".encode(), "Côte d’Ivoire".encode("cp1252"),
)  # fmt: skip

Mutation = tuple[str, float, float, bytes]
mutations = st.lists(
    st.tuples(
        st.sampled_from(["insert", "replace", "delete", "copy", "move", "flip"]),
        st.floats(0, 1),
        st.floats(0, 0.2),
        st.sampled_from(TOKENS),
    ),
    min_size=1,
    max_size=5,
)


def mutated(content: bytes, steps: list[Mutation]) -> bytes:
    """Return a file's content after mutations; positions and lengths are fractions of its size."""
    for step, start, length, token in steps:
        first = int(start * len(content))
        last = min(len(content), first + max(1, int(length * len(content))))
        piece = content[first:last]
        match step:
            case "insert":
                content = content[:first] + token + content[first:]
            case "replace":
                content = content[:first] + token + content[last:]
            case "delete":
                content = content[:first] + content[last:]
            case "copy":
                content = content[:last] + piece + content[last:]
            case "move":
                content = piece + content[:first] + content[last:]
            case _:
                flipped = bytes(byte ^ (1 << (first % 8)) for byte in piece[:1])
                content = content[:first] + flipped + content[first + 1 :]
    return content


def mutated_workbook(content: bytes, steps: list[Mutation]) -> bytes:
    """Return a workbook with a mutated member of the zip archive, or a mutated archive."""
    draw = random.Random(repr(steps))  # noqa: S311 (which part is changed is no secret)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in ("xl/worksheets/sheet1.xml", "content.xml") if name in members)
    name = draw.choice([*members, *[sheet] * 5, ""])
    if not name:
        return mutated(content, steps)
    members[name] = mutated(members[name], steps)
    repacked = io.BytesIO()
    with zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return repacked.getvalue()


#: Replacements of any value in a document.
ODD_VALUES: tuple[Any, ...] = (
    "", "x", "a\x00b", "\u202e", "../../etc/passwd", "1,000", "1e9999999", "*M", "{Name", "{}", "%y", "A" * 5000, "Name",
    "kind = port" + " or kind = port" * 500, 0, -1, 10**19, 1.5, float("nan"), float("inf"), True, [], {}, [[]], [{}],
    [""], ["Name", "Name"], ["Nope"], {"a": "x"}, {"": ""}, {"Name": 5}, [[[[[[["x"]]]]]]], dt.date(2020, 1, 1),
)  # fmt: skip


def nodes(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container of a document with each of its keys or positions."""
    keys: Iterable[Any] = ()
    if isinstance(document, dict):
        keys = document
    elif isinstance(document, list):
        keys = range(len(document))
    for key in keys:
        yield document, key
        yield from nodes(document[key])


def restructured(document: Any, steps: list[Mutation]) -> Any:
    """Return a document with some values replaced, nested, moved or removed."""
    for step, start, length, _ in steps:
        every = list(nodes(document))
        if not every:
            break
        container, key = every[min(int(start * len(every)), len(every) - 1)]
        odd = copy.deepcopy(ODD_VALUES[min(int(length * 5 * len(ODD_VALUES)), len(ODD_VALUES) - 1)])
        match step:
            case "replace" | "insert":
                container[key] = odd
            case "delete":
                del container[key]
            case "copy":
                container[key] = [container[key], container[key]]
            case "move":
                container[key] = {"x": container[key]}
            case _ if isinstance(container, dict):
                container[f"{key}_"] = odd
            case _:
                container.append(odd)
    return document


def mutated_toml(content: bytes, steps: list[Mutation]) -> bytes:
    """Return a TOML file with mutated text or, in two of three cases, mutated values."""
    if len(steps) % 3 == 0:
        return mutated(content, steps)
    return tomli_w.dumps(restructured(tomllib.loads(content.decode()), steps)).encode()


def mutated_json(content: bytes, steps: list[Mutation]) -> bytes:
    """Return a JSON file with mutated text or, in two of three cases, mutated values."""
    if len(steps) % 3 == 0:
        return mutated(content, steps)
    return json.dumps(restructured(json.loads(content), steps), default=str).encode()


MUTATORS: dict[str, Callable[[bytes, list[Mutation]], bytes]] = {
    ".json": mutated_json,
    ".toml": mutated_toml,
    ".xlsx": mutated_workbook,
    ".ods": mutated_workbook,
}


class TooLongError(BaseException):
    """A command exceeded its time; a `BaseException`, so that no handler catches it."""


@contextmanager
def bounded() -> Iterator[None]:
    """Fail if the block takes too long or too much memory; memory is measured on Linux only."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, stop), signal.signal(signal.SIGPROF, stop)
    forget_peak()
    # What other tests left in the process does not count.
    at_first = peak_memory()
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGPROF, before[1])
    assert peak_memory() - at_first < LARGEST


def forget_peak() -> None:
    """Reset the kernel's record of the peak memory of this process."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory() -> int:
    """Return the peak memory of this process since `forget_peak`, in KiB."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@dataclass(frozen=True)
class Target:
    """A kind of input file, and the command that reads it.

    Attributes:
        name: the file's name.
        content: a file that is right.
        command: the command; `FILE` stands for the file, `DATA` and `WIDE` for CSVs beside it.
    """

    name: str
    content: bytes
    command: tuple[str, ...]

    def mutate(self, steps: list[Mutation]) -> bytes:
        """Return the content, mutated in a way that suits the kind of file."""
        return MUTATORS.get(Path(self.name).suffix, mutated)(self.content, steps)


NEW = ("--source", "notes", "--source-title", "My notes", "--tier", "5")


def targets(folder: Path, address: str) -> dict[str, Target]:
    """Return a valid file of each kind, and the commands that read them."""
    base = ("--db", address)
    card = folder / "right.json"
    answer(*base, "total", "--country", "Belarus", "--card", str(card))
    question = folder / "right.toml"
    answer(
        *base, "query", "projects", "--kind", "port", "--sort", "-started", "--save", str(question)
    )
    rule = (resource_folder("rules") / "signed.toml").read_bytes()
    links = answer("profiles", "links").encode()
    load = ("load", "projects", "FILE", *NEW, "--dry-run")
    return {
        "profile": Target("p.toml", PROFILE, ("profiles", "check", "FILE", "DATA")),
        "load": Target(
            "l.toml", PROFILE, (*base, "load", "--profile", "FILE", "DATA", "--dry-run")
        ),
        "shown": Target("s.toml", PROFILE, ("profiles", "show", "FILE")),
        "links": Target(
            "m.csv", links, ("profiles", "check", "--links", "FILE", "PROFILE", "DATA")
        ),
        "rule": Target("r.toml", rule, (*base, "total", "--country", "Belarus", "--rule", "FILE")),
        "question": Target("q.toml", question.read_bytes(), (*base, "query", "--from", "FILE")),
        "asked": Target("a.toml", QUESTION, (*base, "query", "--from", "FILE")),
        "memo": Target("o.toml", MEMO, (*base, "report", "--from", "FILE")),
        "card": Target("c.json", card.read_bytes(), (*base, "verify", "FILE")),
        "csv": Target("d.csv", CSV, (*base, *load)),
        "workbook": Target("w.xlsx", workbook(), (*base, *load)),
        "open document": Target("w.ods", open_document(), (*base, *load)),
        "old workbook": Target("w.xls", old_workbook(), (*base, *load)),
        "wide profile": Target("v.toml", WIDE_PROFILE, ("profiles", "check", "FILE", "WIDE")),
        "proposal": Target("n.csv", DATA.encode(), ("profiles", "new", "FILE")),
    }


KINDS = (
    "profile", "load", "shown", "links", "rule", "question", "asked", "memo", "card", "csv", "workbook",
    "open document", "old workbook", "wide profile", "proposal",
)  # fmt: skip


@pytest.fixture(scope="module")
def prepared(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Target]]:
    """A folder with a knowledge base and data, and the files that are to be changed."""
    folder = tmp_path_factory.mktemp("fuzz")
    address = str(folder / "base.sqlite")
    shutil.copyfile(sqlite_template, address)
    (folder / "data.csv").write_text(DATA, encoding="utf-8")
    (folder / "wide.csv").write_text(WIDE_DATA, encoding="utf-8")
    (folder / "right-profile.toml").write_bytes(PROFILE)
    return folder, targets(folder, address)


def read(folder: Path, target: Target, content: bytes) -> int:
    """Run the command on a file; return the exit code, which must be that of success or refusal."""
    path = folder / target.name
    path.write_bytes(content)
    names = {
        "FILE": str(path),
        "DATA": str(folder / "data.csv"),
        "WIDE": str(folder / "wide.csv"),
        "PROFILE": str(folder / "right-profile.toml"),
    }
    with bounded():
        result = run(*[names.get(word, word) for word in target.command])
    failed = result.exception is not None and not isinstance(result.exception, SystemExit)
    assert not failed, result.exc_info
    assert "Traceback" not in result.output
    assert result.exit_code in {0, 2, 3, 4, 5}, result.output
    assert result.exit_code == 0 or result.stderr.strip(), "a refusal without a sentence"
    return result.exit_code


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_are_right_are_read(prepared: tuple[Path, dict[str, Target]], kind: str) -> None:
    folder, all_targets = prepared
    assert read(folder, all_targets[kind], all_targets[kind].content) == 0


def fuzz(prepared: tuple[Path, dict[str, Target]], kind: str, examples: int) -> None:
    """Read many mutations of a file of one kind."""
    folder, all_targets = prepared
    target = all_targets[kind]
    codes: set[int] = set()

    @settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations)
    def check(steps: list[Mutation]) -> None:
        codes.add(read(folder, target, target.mutate(steps)))

    check()
    # A profile can be proposed for almost any text, so few mutations may all be accepted.
    assert examples < MANY or codes - {0}, "no change was ever refused: nothing was tried"


@pytest.mark.parametrize("kind", KINDS)
def test_some_changes_of_each_kind_of_file(
    prepared: tuple[Path, dict[str, Target]], kind: str
) -> None:
    fuzz(prepared, kind, 8)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_changes(prepared: tuple[Path, dict[str, Target]], kind: str) -> None:
    fuzz(prepared, kind, 20_000 // len(KINDS) + 1)
