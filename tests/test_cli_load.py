"""Loading from the command line: whole or not at all, counted, and said in plain words."""

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from bricoop.domain.english import counted
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUTS
from support.command_line import NEW_SOURCE, answer, answers_of, process, run
from support.databases import mainly_sqlite
from support.examples import few_of
from support.text_files import write

pytestmark = pytest.mark.later_on_postgresql

HUB = "name,kind,countries,financiers\nOrsha Hub,facility,Belarus,CDB; Bank of Minsk\n"


def test_a_bad_row_is_named_with_all_that_mends_it_and_nothing_is_written(
    knowledge_base: str, tmp_path: Path
) -> None:
    before = answers_of(knowledge_base)
    path = write(tmp_path / "mine.csv", HUB + "Brest Port,portt,Belarus,\n")
    command = ("--db", knowledge_base, "load", "projects", path, *NEW_SOURCE)
    result = run(*command)
    assert (result.exit_code, result.stdout) == (3, "")
    problem, error = result.stderr.splitlines()
    assert problem.startswith(
        f"{path}, line 3, kind: 'portt' is not a known kind. Did you mean: port"
    )
    assert error == (
        f"Error: 1 of 2 rows in {path} was refused; nothing was loaded. With --rejects FILE the other "
        "rows are loaded, and those with errors go to FILE."
    )
    assert answers_of(knowledge_base) == before
    write(tmp_path / "mine.csv", HUB + "Brest Port,port,Belarus,\n")
    message = run(*command).stderr
    assert "2 projects read" in message
    assert "2 new, 0 changed, 0 unchanged, 0 rejected." in message
    assert "Created 1 organization named in cells: Bank of Minsk." in message
    again = run("--db", knowledge_base, "load", "projects", path, "--source", "notes")
    assert "0 new, 0 changed, 2 unchanged, 0 rejected." in again.stderr
    # Nothing has changed: there is nothing to undo.
    assert "undo" not in again.stderr
    assert again.stdout == ""


def test_all_problems_are_written_to_a_file_and_the_first_twenty_are_said(
    sqlite_template: Path, tmp_path: Path
) -> None:
    rows = "".join(f'"=1+1",castle {number}\n' for number in range(25))
    path = write(tmp_path / "mine.csv", f"name,kind\n{rows}")
    log = tmp_path / "problems.csv"
    result = run(
        "--db", str(sqlite_template), "load", "projects", path, *NEW_SOURCE, "--problems", str(log)
    )
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 22
    assert "… and 5 more. Use --problems FILE to write all of them to a file." in result.stderr
    problems = list(csv.DictReader(io.StringIO(log.read_text(encoding="utf-8"))))
    assert [row["line"] for row in problems] == [str(line) for line in range(2, 27)]
    assert {(row["file"], row["column"]) for row in problems} == {(path, "kind")}
    assert [row["value"] for row in problems] == [f"castle {number}" for number in range(25)]
    assert all(row["rule"] and row["hint"] for row in problems)


def test_a_problem_that_many_rows_have_is_said_once_with_their_lines(
    sqlite_template: Path, tmp_path: Path
) -> None:
    rows = "".join(f"Port {number},castle\n" for number in range(25))
    path = write(tmp_path / "mine.csv", f"name,kind\nHub,prot\n{rows}Bay,prot\n")
    result = run("--db", str(sqlite_template), "load", "projects", path, *NEW_SOURCE)
    first, many, last, error = result.stderr.splitlines()
    assert [line.split(": '")[0] for line in (first, many, last)] == [
        f"{path}, line {line}, kind" for line in (2, 3, 28)
    ]
    assert many.endswith("other. Also in lines 4, 5, 6 and 21 more.")
    assert error == f"Error: 27 of 27 rows in {path} were refused; nothing was loaded."


def test_problems_are_said_in_the_order_of_their_lines(knowledge_base: str) -> None:
    """A name that is not known is found later than a cell that cannot be read."""
    rows = "subject,indicator,value\nNowhere,length,5\nBelarus,length,5%\nNowhere else,length,7\n"
    message = run("--db", knowledge_base, "load", "statistics", "-", *NEW_SOURCE, stdin=rows).stderr
    assert re.findall(r"line (\d)", message) == ["2", "3", "4"]


def test_the_file_of_problems_never_takes_the_place_of_the_data(
    sqlite_template: Path, tmp_path: Path
) -> None:
    text = "name,kind\nX,castle\n"
    path = write(tmp_path / "mine.csv", text)
    result = run(
        "--db", str(sqlite_template), "load", "projects", path, *NEW_SOURCE, "--problems", path
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--problems {path} would overwrite the file that is read (FILE)" in result.stderr
    assert (tmp_path / "mine.csv").read_text(encoding="utf-8") == text


def test_a_dry_run_says_what_would_be_and_writes_nothing(knowledge_base: str) -> None:
    before = answers_of(knowledge_base)
    command = ("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE, "--dry-run")
    result = run(*command, stdin=HUB)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split()[:2] == ["new", "projects"]
    assert result.stdout.splitlines()[1].endswith("Orsha Hub")
    assert "nothing was written" in result.stderr
    assert "1 new, 0 changed, 0 unchanged, 0 rejected." in result.stderr
    assert "undo" not in result.stderr
    assert answers_of(knowledge_base) == before
    named = run(*command, stdin="name,financiers\nHub,Bank of Nowhere\n").stderr
    assert "Would create 1 organization named in cells: Bank of Nowhere." in named


def test_new_changed_unchanged_and_refused_rows_add_up(knowledge_base: str) -> None:
    command = ("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE)
    first = "id,name\n1,A Hub\n2,B Hub\n3,C Hub\n"
    assert "3 new, 0 changed, 0 unchanged" in run(*command, stdin=first).stderr
    second = "id,name\n1,A Hub\n2,B Port\n4,D Hub\n"
    message = run(*command, stdin=second).stderr
    assert "3 projects read" in message
    assert "1 new, 1 changed, 1 unchanged, 0 rejected." in message


@pytest.mark.parametrize(
    ("noun", "first", "second", "third"),
    few_of([
        ("finance", "id,project,kind\n1,New Dam,pledge\n", "id,project,kind\n1,Old Dam,pledge\n",
         "id,project,kind\n1,Gwadar Port,pledge\n"),
        ("participations", "id,project,organization,role\n1,New Dam,Old Bank,funding\n",
         "id,project,organization,role\n1,Old Dam,New Bank,operator\n",
         "id,project,organization,role\n1,Gwadar Port,CDB,operator\n"),
        ("locations", "id,project,latitude,longitude,precision\n1,New Dam,25,62,near\n",
         "id,project,latitude,longitude,precision\n1,Old Dam,25,62,near\n",
         "id,project,latitude,longitude,precision\n1,Gwadar Port,25,62,near\n"),
    ], 1),
)  # fmt: skip
def test_a_fact_may_come_to_be_about_something_else_and_back_again(
    knowledge_base: str, noun: str, first: str, second: str, third: str
) -> None:
    states = [answers_of(knowledge_base)]
    numbers = []
    for text in (first, second, third):
        result = run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin=text)
        assert result.exit_code == 0, result.stderr
        numbers.append(result.stderr.split()[1].rstrip(":"))
        states.append({**answers_of(knowledge_base), "loads": "", "status": ""})
    answer("--db", knowledge_base, "db", "check")
    names = [answer("--db", knowledge_base, "query", "projects", "--name", name, "--count")
             for name in ("New Dam", "Old Dam", "Gwadar Port")]  # fmt: skip
    assert names == ["0\n", "0\n", "1\n"]
    for number, state in zip(reversed(numbers), reversed(states[:-1]), strict=True):
        undone = run("--db", knowledge_base, "undo", number)
        assert undone.exit_code == 0, undone.stderr
        assert {**answers_of(knowledge_base), "loads": "", "status": ""} == {
            **state, "loads": "", "status": "",
        }  # fmt: skip
    answer("--db", knowledge_base, "db", "check")


def test_standard_input_is_read_by_the_real_program(sqlite_template: Path, tmp_path: Path) -> None:
    kb = tmp_path / "kb.sqlite"
    kb.write_bytes(sqlite_template.read_bytes())
    done = process(
        "--db", str(kb), "load", "projects", "-", *NEW_SOURCE, home=tmp_path, input="\ufeff" + HUB
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 project read from standard input: 1 new" in done.stderr
    assert "Orsha Hub" in answer("--db", str(kb), "query", "projects", "--financier", "CDB")


def test_a_source_is_described_as_it_was_given(sqlite_template: Path, tmp_path: Path) -> None:
    kb = tmp_path / "kb.sqlite"
    kb.write_bytes(sqlite_template.read_bytes())
    description = {
        "--source-title": "A title", "--tier": "3", "--source-kind": "report", "--authors": "A; B",
        "--publisher": "P", "--published": "2019-03", "--edition": "2nd", "--url": "https://x.example",
        "--licence": "CC BY", "--language": "en",
    }  # fmt: skip
    options = [word for pair in description.items() for word in pair]
    result = run("--db", str(kb), "load", "projects", "-", "--source", "mine", *options, stdin=HUB)
    assert result.exit_code == 0, result.stderr
    text = answer(
        "--db", str(kb), "query", "sources", "--tier", "3", "--name", "title", "-f", "json"
    )
    (row,) = json.loads(text)
    fields = ("name", "kind", "authors", "publisher", "published", "edition", "url", "licence",
              "language", "tier", "tier_name")  # fmt: skip
    assert [row[field] for field in fields] == [
        "A title", "report", "A; B", "P", "2019-03", "2nd", "https://x.example", "CC BY", "en", 3,
        "other official",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "--source KEY"),
        (("--source", "new"), "--source-title and --tier"),
        (("--source", "new", "--source-title", "T"), "--tier"),
        (("--source", "My Notes", "--source-title", "T", "--tier", "5"), "'my-notes'"),
        (("--source", "new", "--source-title", "T", "--tier", "9"), "tier 9"),
        (
            ("--source", "new", "--source-title", "T", "--tier", "5", "--source-kind", "x"),
            "dataset",
        ),
        (("--source", "new", "--source-title", "T", "--tier", "5", "--published", "May"), "'May'"),
        (("--source", "iso-3166", "--tier", "1"), "known with tier 3"),
    ],
)
def test_a_source_that_is_not_clear_is_wrong_usage(
    sqlite_template: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    path = write(tmp_path / "mine.csv", HUB)
    result = run("--db", str(sqlite_template), "load", "projects", path, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"", "empty"),
        (b'"name;kind"\n"X;port"\n', "seems to be separated by semicolons"),
        (b"name,knid\nX,port\n", "kind"),
        (b"kind\nport\n", "lacks the columns that projects need: name"),
        (b"name\nM\xfcnster\n", "line 2: byte 2 of the line (0xfc) is not UTF-8"),
        ("name\nX\n".encode("utf-16-le"), "--encoding utf-16-le"),
        (b'name,kind\n"X,port\nY\n', "never closes"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    sqlite_template: Path, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "mine.csv"
    if content is not None:
        path.write_bytes(content)
    result = run("--db", str(sqlite_template), "load", "projects", str(path), *NEW_SOURCE)
    assert (result.exit_code, result.stdout) == (3, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_a_folder_without_a_file_is_refused(sqlite_template: Path, tmp_path: Path) -> None:
    result = run("--db", str(sqlite_template), "load", "projects", str(tmp_path), *NEW_SOURCE)
    assert (result.exit_code, "has no file to load" in result.stderr) == (2, True)


def test_a_file_whose_name_is_not_utf_8_is_loaded_or_refused_in_plain_words(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb = tmp_path / "kb.sqlite"
    kb.write_bytes(sqlite_template.read_bytes())
    path = write(Path(f"{tmp_path}/a\udcff.csv"), HUB)
    done = process("--db", str(kb), "load", "projects", path, *NEW_SOURCE, home=tmp_path)
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 3}


@mainly_sqlite
@pytest.mark.parametrize("layout", few_of(LAYOUTS, 5), ids=lambda layout: layout.noun)
def test_the_example_of_a_template_is_loaded_only_once_it_is_changed(
    knowledge_base: str, layout: Layout
) -> None:
    noun = layout.noun
    text = answer("template", noun)
    if "xample" in text:
        result = run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin=text)
        assert result.exit_code == 3
        assert f"is the example of `bricoop template {noun}`. Delete it" in result.stderr
        # So it is where columns were left out that are not needed.
        columns = [
            column for column in layout.columns if column.required or "xample" in column.example
        ]
        rows = (
            ",".join(column.name for column in columns),
            ",".join(f'"{column.example}"' for column in columns),
        )
        result = run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin="\n".join(rows))
        assert "Delete it" in result.stderr
    text = text.replace("xample", "xemplar")
    result = run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin=text)
    assert result.exit_code == 0, result.stderr
    assert f"{counted(1, noun)} read" in result.stderr
    answer("--db", knowledge_base, "db", "check")
    header = text.splitlines()[0] + "\n"
    empty = run("--db", knowledge_base, "load", noun, "-", "--source", "notes", stdin=header)
    assert "0 new, 0 changed, 0 unchanged, 0 rejected" in empty.stderr


def test_what_is_loaded_is_in_an_answer(knowledge_base: str) -> None:
    for noun, text in {
        "locations": "project,name,latitude,longitude,precision\nGwadar Port,Jetty,25.11,62.33,near\n",
        "names": "subject,name,kind,language\nGwadar Port,Гвадар,translation,ru\n",
        "countries": "name,description\nMali,A landlocked country.\n",
    }.items():
        assert (
            run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin=text).exit_code == 0
        )
    shown = answer("--db", knowledge_base, "show", "Гвадар")
    assert "25.11" in shown
    assert "62.33" in shown
    assert "Mali" in answer("--db", knowledge_base, "query", "countries", "--source", "notes")
    report = answer("--db", knowledge_base, "report", "country", "Mali")
    assert "A landlocked country." in report
    assert "Nothing is recorded about" not in report


@pytest.mark.parametrize(
    "noun",
    ["projects", "finance", "organizations", "agreements", "policies", "findings", "locations"],
)
def test_an_exported_answer_is_loaded_again(knowledge_base: str, tmp_path: Path, noun: str) -> None:
    base = ("--db", knowledge_base)
    money = (
        "id,project,kind,financier,amount,currency,estimated,date\n"
        "1,Gwadar Port,pledge,CDB; CHEXIM,5.10,CNY,yes,2012\n2,Gwadar Port,pledge,CDB,7,CNY,,2012\n"
        "3,Gwadar Port,pledge,CDB,8,CNY,no,2012\n"
    )
    locations = "project,name,latitude,longitude,precision\nGwadar Port,Bay,25.11,62.33,near\n"
    for other, text in {"finance": money, "locations": locations, "projects": HUB}.items():
        assert run(*base, "load", other, "-", *NEW_SOURCE, stdin=text).exit_code == 0
    file = str(tmp_path / "answer.csv")
    query = ("query", noun, "-f", "csv")
    columns = ("--columns", "project,kind,financier,joint_financiers,amount,currency,date")
    answer(*base, *query, "-o", file)
    loaded = run(
        *base, "load", noun, file, "--source", "again", "--source-title", "A", "--tier", "8"
    )
    assert (loaded.exit_code, "0 rejected" in loaded.stderr) == (0, True), loaded.stderr
    assert "Ignored these columns, which `bricoop query` adds" in loaded.stderr
    shown = columns if noun == "finance" else ()
    if noun in {"finance", "locations", "findings"}:
        first, again = (
            sorted(answer(*base, *query, *shown, "--source", excluded).splitlines()[1:])
            for excluded in ("!again", "again")
        )
        if noun == "finance":
            assert again == first
        assert len(again) == len(first)
    # Nothing is named that was not known before: `joint` is no organization.
    assert "Created" not in loaded.stderr


@pytest.mark.parametrize(
    ("named", "character"),
    [
        ("tab", "\t"),
        ("\\t", "\t"),
        (";", ";"),
        ("semicolon", ";"),
        ("|", "|"),
        ("~", "~"),
        ("comma", ","),
    ],
)
def test_a_delimiter_can_be_named(
    knowledge_base: str, tmp_path: Path, named: str, character: str
) -> None:
    rows = (("name", "kind", "description"), ("Orsha Hub", "port", "Berths: 3"))
    path = write(tmp_path / "mine.csv", "".join(f"{character.join(row)}\n" for row in rows))
    loading = ("--db", knowledge_base, "load", "projects", path, "--delimiter", named)
    assert "1 new" in run(*loading, *NEW_SOURCE).stderr
    query = ("query", "projects", "--source", "notes", "--columns", "name,kind", "-f", "csv")
    assert answer("--db", knowledge_base, *query) == "name,kind\nOrsha Hub,port\n"
    assert "1 unchanged" in run(*loading, "--source", "notes").stderr


def test_a_load_with_a_delimiter_is_read_again_without_an_earlier_one(
    knowledge_base: str, tmp_path: Path
) -> None:
    first = write(tmp_path / "a.csv", "id,name,kind\n1,Orsha Hub,port\n2,Brest Hub,port\n")
    second = write(tmp_path / "b.csv", "id~name~kind\n1~Orsha Hub~railway\n2~Brest Hub~port\n")
    load = ("--db", knowledge_base, "load", "projects")
    number = re.findall(r"undo (\d+)", run(*load, first, *NEW_SOURCE).stderr)[-1]
    assert "1 changed" in run(*load, second, "--source", "notes", "--delimiter", "~").stderr
    assert run("--db", knowledge_base, "undo", number).exit_code == 0
    query = ("query", "projects", "--source", "notes", "--columns", "name,kind", "-f", "csv")
    assert (
        answer("--db", knowledge_base, *query) == "name,kind\nBrest Hub,port\nOrsha Hub,railway\n"
    )


@pytest.mark.parametrize("named", [";;", "tabs", '"', "\n"])
def test_what_is_no_delimiter_is_refused(sqlite_template: Path, tmp_path: Path, named: str) -> None:
    path = write(tmp_path / "mine.csv", "name\nOrsha Hub\n")
    for command in (("load", "projects", path, *NEW_SOURCE), ("profiles", "new", path),
                    ("profiles", "check", "gcdf3", path)):  # fmt: skip
        options = ("--db", str(sqlite_template)) if command[0] == "load" else ()
        result = run(*options, *command, "--delimiter", named)
        assert result.exit_code == 2
        assert f"{named!r} is not a delimiter." in result.stderr


def test_a_workbook_has_no_delimiter(sqlite_template: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "mine.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["name", "kind"])
    book.active.append(["Orsha Hub", "port"])
    book.save(path)
    for command in (("load", "projects", path, *NEW_SOURCE), ("profiles", "new", path),
                    ("profiles", "check", "gcdf3", path)):  # fmt: skip
        options = ("--db", str(sqlite_template)) if command[0] == "load" else ()
        result = run(*options, *command, "--delimiter", ";")
        assert result.exit_code == 3
        assert "is a workbook and has no delimiter." in result.stderr
