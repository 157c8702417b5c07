"""Questions from the command line: conditions, groups and saved questions, as a user types them."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from support.command_line import answer, run


@pytest.fixture
def base(sqlite_template: Path) -> tuple[str, ...]:
    """The arguments that name a knowledge base with the seeds."""
    return ("--db", str(sqlite_template), "query")


def test_conditions_narrow(base: tuple[str, ...]) -> None:
    where = (
        "--where",
        "started >= 2000 and not country = Belarus",
        "--where",
        "links is not empty",
    )
    every = answer(*base, "projects", "-f", "csv", "--columns", "name,started").splitlines()
    some = answer(*base, "projects", *where, "-f", "csv", "--columns", "name,started").splitlines()
    assert 1 < len(some) < len(every)
    assert set(some) <= set(every)
    none_of = answer(*base, "projects", "--country", "!Belarus", "--count")
    of_it = answer(*base, "projects", "--country", "Belarus", "--count")
    assert int(none_of) + int(of_it) == len(every) - 1


def test_any_field_is_an_option(base: tuple[str, ...]) -> None:
    started = answer(*base, "projects", "--started", "2000..", "--count")
    assert started == answer(*base, "projects", "--where", "started >= 2000", "--count") != "0\n"
    assert run(*base, "finance", "--amount-usd", "lots").exit_code == 2


def test_groups(base: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    command = ("projects", "--group-by", "country,status", "--subtotals", "--share", "--limit", "8")
    shown = run(*base, *command)
    assert shown.stdout == snapshot
    assert "count in each" in shown.stderr
    assert answer(*base, *command, "-f", "csv").splitlines()[0] == (
        "country,country_name,status,level,count,share,cumulative_share"
    )
    assert int(answer(*base, "projects", "--group-by", "kind", "--count")) > 3
    assert answer(*base, "projects", "--measure", "count", "-f", "csv").startswith("count\n")


def test_what_is_for_groups_alone_is_refused_without_them(base: tuple[str, ...]) -> None:
    for option in ("--share", "--subtotals", "--add-sources"):
        refused = run(*base, "projects", option)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"{option} works only with groups" in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("match", "--country"), ("match", "--left"), ("review", "--right"),
        ("decisions", "list", "--about"), ("search", "road", "--country"), ("same", "a", "b", "--why"),
    ],
)  # fmt: skip
def test_options_with_empty_values_or_several_for_one_are_refused(
    base: tuple[str, ...], words: tuple[str, ...]
) -> None:
    refused = run(*base[:2], *words, "")
    assert refused.exit_code == 2
    assert f"'{words[-1]}': it is empty." in refused.stderr
    if words[0] != "search":
        refused = run(*base[:2], *words, "Kenya", words[-1], "Angola")
        assert "the option takes one value, and has 2." in refused.stderr


def test_what_is_given_empty_is_refused(base: tuple[str, ...]) -> None:
    for option in ("--country", "--search", "--group-by"):
        refused = run(*base, "projects", option, "")
        assert (refused.exit_code, refused.stdout) == (2, ""), option


def test_a_saved_question_gives_the_same_answer(base: tuple[str, ...], tmp_path: Path) -> None:
    saved = tmp_path / "ports.toml"
    command = ("projects", "--kind", "port", "--where", "country != China", "--sort", "-name",
             "--columns", "key,name", "-f", "csv")  # fmt: skip
    first = answer(*base, *command, "--save", str(saved))
    assert answer(*base, "--from", str(saved), "-f", "csv") == first
    grouped = ("projects", "--group-by", "kind", "--measure", "count,min:started", "-f", "json")
    saved.unlink()
    output = answer(*base, *grouped, "--save", str(saved))
    assert answer(*base, "--from", str(saved), "-f", "json") == output
    out = tmp_path / "answer.json"
    written = run(*base, "--from", str(saved), "--output", str(out))
    rows = output.count("{")
    assert (written.stdout, written.stderr) == ("", f"Wrote {rows} rows to {out}.\n")
    assert out.read_text(encoding="utf-8") == output


def test_a_saved_question_is_asked_otherwise(base: tuple[str, ...], tmp_path: Path) -> None:
    saved = ("--from", str(tmp_path / "ports.toml"))
    every = answer(*base, "projects", "--kind", "port", "--limit", "3", "-f", "csv",
                   "--save", saved[1]).splitlines()  # fmt: skip
    assert len(every) == 4
    assert answer(*base, *saved, "--count") == "4\n"
    names = answer(*base, *saved, "--columns", "name,kind", "--sort", "-name", "--limit", "1",
                   "--labels", "--no-pager", "-f", "csv")  # fmt: skip
    assert names == "name,kind,kind_label\nPiraeus Port,port,port\n"
    assert answer(*base, *saved, "--limit", "0", "-f", "ndjson") == ""
    for options in (("--limit", "0", "projects"), ("--columns", "name"), ("--count",)):
        refused = run(*base, *options)
        assert (refused.exit_code, refused.stdout) == (2, "")


def test_a_question_that_cannot_be_read_is_one_line(base: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    assert run(*base, "--from", str(path)).exit_code == 3
    path.write_text('noun = "projects"\nwher = []\n', encoding="utf-8")
    refused = run(*base, "--from", str(path))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Did you mean: where" in refused.stderr
    mixed = run(*base, "--from", str(path), "projects")
    assert (mixed.exit_code, mixed.stdout) == (2, "")
    assert "Options belong after the noun" in mixed.stderr


def test_query_alone_shows_its_help(base: tuple[str, ...]) -> None:
    assert "projects" in answer(*base)
