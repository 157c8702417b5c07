"""What a new user meets: names of several words, empty answers, formats by ending, completion."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bricoop.cli.app import app
from bricoop.domain.english import counted
from support.command_line import NEW_SOURCE, answer, on_terminal, run

pytestmark = pytest.mark.later_on_postgresql


def test_a_load_without_a_source_offers_those_that_say_something(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    run(*base, "load", "projects", "-", *NEW_SOURCE, stdin="name\nOrsha Hub\n")
    without = ("load", "projects", "-")
    assert "manufacturing-cooperation-paper, notes, oecd-dac, vision" in run(*base, *without).stderr
    number = answer(*base, "query", "loads", "--source", "notes", "--columns", "key", "-f", "csv")
    run(*base, "undo", number.split()[-1])
    assert "manufacturing-cooperation-paper, oecd-dac, vision" in run(*base, *without).stderr


def test_sources_show_the_key_that_loads_and_filters_take(sqlite_template: Path) -> None:
    table = answer("--db", str(sqlite_template), "query", "sources")
    assert table.startswith("key ")


def test_an_empty_table_says_so_and_what_is_kept_back(knowledge_base: str) -> None:
    base = ("--db", knowledge_base, "query")
    tuvalu = run(*base, "countries", "--name", "Tuvalu")
    all_of_it = "--all adds 1: countries with nothing recorded about them"
    assert tuvalu.stderr == f"No rows. {all_of_it}.\n"
    assert run(*base, "countries", "--name", "Tuvalu", "-f", "csv").stderr == ""
    assert run(*base, "countries", "--name", "Tuvalu", "--all").stderr == ""
    assert run(*base, "projects", "--name", "nowhere").stderr == "No rows.\n"


def test_an_unknown_region_offers_the_closest(knowledge_base: str) -> None:
    base = ("--db", knowledge_base, "query", "countries", "--region")
    far = run(*base, "Narnia")
    assert (far.exit_code, far.stdout) == (4, "")
    assert "Did you mean: Africa; Americas; Antarctica; Asia; Europe; Oceania?" in far.stderr
    assert "Did you mean: Western Africa" in run(*base, "Westren Africa").stderr


def test_a_region_filters_what_sources_place_there(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    for noun in ("projects", "agreements", "policies"):
        text = "name,countries\nOne,Southeast Asia\nTwo,Belarus\n"
        run(*base, "load", noun, "-", *NEW_SOURCE, stdin=text)
        command = ("query", noun, "--source", "notes", "--columns", "name", "-f", "csv")
        assert answer(*base, *command, "--country", "southeast asia") == "name\nOne\n"
    wrong = run(*base, "query", "projects", "--country", "Suotheast Asia")
    assert "No country or region is known" in wrong.stderr
    assert "Did you mean: Southeast Asia" in wrong.stderr


@pytest.mark.parametrize("command", ["show", "report country"])
def test_a_name_of_several_words_needs_no_quotes(sqlite_template: Path, command: str) -> None:
    base = ("--db", str(sqlite_template), *command.split())
    assert answer(*base, "Sri", "Lanka") == answer(*base, "Sri Lanka")


def test_the_ending_of_the_output_chooses_the_format(sqlite_template: Path, tmp_path: Path) -> None:
    base = ("--db", str(sqlite_template))
    commands = {
        "csv tsv ndjson json md": ("query", "links"),
        "json md": ("show", "Gwadar"),
        "JSON": ("report", "country", "Belarus"),
    }
    for endings, command in commands.items():
        for ending in endings.split():
            path = tmp_path / f"x.{ending}"
            answer(*base, *command, "--output", str(path))
            format_ = {"md": "markdown"}.get(ending, ending.lower())
            assert path.read_text(encoding="utf-8") == answer(*base, *command, "-f", format_)
    for name, command in (("x.txt", ("query", "links")), ("x.txt", ("show", "Gwadar"))):
        answer(*base, *command, "--output", str(tmp_path / name))
        assert (tmp_path / name).read_text(encoding="utf-8") == answer(*base, *command)
    both = tmp_path / "both.csv"
    answer(*base, "query", "links", "-f", "json", "-o", str(both))
    assert len(json.loads(both.read_text(encoding="utf-8"))) == 5


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("load p", {"projects", "policies", "participations"}),
        ("template f", {"findings", "finance"}),
        ("query projects --link f", {"facility", "finance"}),
        ("query projects --kind ra", {"railway"}),
    ],
)
def test_a_shell_completes_nouns_and_codes(words: str, offered: set[str]) -> None:
    variables = {
        "_BRICOOP_COMPLETE": "complete_bash",
        "COMP_WORDS": f"bricoop {words}",
        "COMP_CWORD": str(len(words.split())),
    }
    done = CliRunner().invoke(app, [], env=variables, prog_name="bricoop")
    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize(
    ("number", "plural", "phrase"),
    [(1, "countries", "1 country"), (2, "countries", "2 countries"), (1, "links", "1 link"), (0, "records", "0 records")],
)  # fmt: skip
def test_one_is_singular(number: int, plural: str, phrase: str) -> None:
    assert counted(number, plural) == phrase


def test_undoing_counts_in_plain_words(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    run(*base, "load", "projects", "-", *NEW_SOURCE, stdin="name\nOrsha Hub\n")
    number = answer(*base, "query", "loads", "--source", "notes", "--columns", "key", "-f", "csv")
    message = run(*base, "undo", number.split()[-1]).stderr
    assert "1 record removed, 0 restored, 1 entity deleted" in message


def test_an_unknown_format_is_refused_in_plain_words(sqlite_template: Path) -> None:
    wrong = run("--db", str(sqlite_template), "query", "links", "-f", "xml")
    assert wrong.exit_code == 2
    assert (
        "Invalid value for '--format' / '-f': 'xml' is not one of 'table', 'json'" in wrong.stderr
    )


def test_a_column_that_was_asked_for_is_shown_on_a_terminal_though_it_is_empty(
    sqlite_template: Path,
) -> None:
    query = ("--db", str(sqlite_template), "query", "projects", "--name", "gwadar")
    listing = on_terminal(80, *query, "--columns", "name,completed,kind", NO_COLOR="1")
    assert listing.split()[:3] == ["name", "completed", "kind"]
    # A block of lines shows it as well.
    narrow = on_terminal(30, *query, "--columns", "name,description,completed,country_names")
    assert "completed" in narrow
    # Unasked, a column without any value says nothing.
    assert "completed" not in on_terminal(80, *query)


def test_notes_stand_below_the_table_on_a_terminal(sqlite_template: Path) -> None:
    query = ("--db", str(sqlite_template), "query", "projects", "--kind", "port")
    screen = on_terminal(80, *query, "--source", "manufacturing", everything=True)
    assert "Gwadar" in screen
    assert "is read as the source" in screen.partition("Gwadar")[2]


def test_a_note_on_a_terminal_is_broken_between_words_and_in_no_command(
    sqlite_template: Path,
) -> None:
    query = ("--db", str(sqlite_template), "query", "projects", "--source", "xyzzy")
    screen = on_terminal(40, *query, everything=True, code=4)
    assert screen.splitlines() == [
        "Error: No source is known as 'xyzzy'.", "`bricoop query sources` lists them."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "query projects --country Kenya;Uganda",
            "Repeat the option for each value: --country Kenya --country Uganda.",
        ),
        ("query projects --kind !port,rail", "--kind port --kind rail."),
        ("query projects --link infrastructure", "policy; facility; trade; finance; people"),
        ("query finance --amount-usd >1e9", "or a range: 1e9.., ..2.5 or 1e6..1e9."),
        ("query projects --started sometime", "The started date 'sometime' is not a date."),
        ("query loads --source xyzzy", "as 'xyzzy'. `bricoop query sources` lists them."),
        ("show xyzzy", "`bricoop search xyzzy` looks in texts as well."),
        ("report country Africa", "'Africa' is a region, and reports are on countries."),
        ("report compare Kenya Africa", "bricoop query projects --region 'Africa'."),
    ],
)
def test_an_answer_to_a_misunderstanding_says_what_to_type(
    sqlite_template: Path, command: str, message: str
) -> None:
    result = run("--db", str(sqlite_template), *command.split())
    assert result.exit_code in {2, 4}
    assert message in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        "query projects --country Congo", "query projects --country !congo --count",
        "query projects --where country=Congo", "search port --country Congo",
        "show Congo", "report country Congo", "report compare Congo Kenya", "total --country Congo",
    ],
)  # fmt: skip
def test_a_name_of_two_countries_is_read_as_one_with_a_note(
    sqlite_template: Path, command: str
) -> None:
    base = ("--db", str(sqlite_template))
    note = "ongo' is read as Congo: CG is the Republic of the Congo, CD the Democratic"
    assert note in run(*base, *command.split()).stderr
    named = command.replace("Congo", "COD").replace("congo", "COD")
    assert "is read as" not in run(*base, *named.split()).stderr


def test_the_beginning_of_one_code_is_enough(sqlite_template: Path) -> None:
    query = ("--db", str(sqlite_template), "query", "projects", "-f", "csv")
    for whole, beginning in (
        ("kind=industrial-park", "kind=indus"),
        ("status=operation", "status=Oper"),
    ):
        assert answer(*query, "--where", beginning) == answer(*query, "--where", whole)
    several = run(*query, "--status", "com")
    assert (several.exit_code, "'com'" in several.stderr) == (2, True)


@pytest.mark.parametrize(
    "group", [(), ("query",), ("report",), ("profiles",), ("rules",), ("db",), ("decisions",)]
)
def test_no_line_of_a_list_of_commands_is_cut(group: tuple[str, ...]) -> None:
    _, *lines = answer(*group, "--help").splitlines()
    assert not [line for line in lines if line.endswith("...")]
