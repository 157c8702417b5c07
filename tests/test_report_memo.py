"""Tests of memos: their parts, changed figures, refused files, and Markdown made safe."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bricoop.render.markdown import is_harmless, unmarked
from bricoop.report.blocks import KeyFigure, KeyFigures, Note
from bricoop.report.changes import Figures, KeptFigure, changes_section
from bricoop.report.sections import Section
from support.command_line import answer, run
from support.databases import mainly_sqlite

pytestmark = pytest.mark.later_on_postgresql

MEMO = """
title = "Memo on Belarus"
subtitle = "for the committee"
rule = "pledged"

[[parts]]
title = "Why"
text = "We look at **Belarus**."

[[parts]]
report = "country"
names = ["Belarus"]
sections = ["glance", "money"]

[[parts]]
title = "Loans"
total = { filters = { country = ["Belarus"], instrument = ["loan"] } }
rule = "signed"

[[parts]]
title = "Hubs"
question = { noun = "projects", filters = { country = ["Belarus"] }, where = ["name ~ hub"] }
"""
MONEY = "id,project,kind,instrument,amount_usd\n1,Orsha Hub,commitment,loan,{}\n"
GIVEN = ("--source", "notes", "--source-title", "My notes", "--tier", "5")


@pytest.fixture
def filled(knowledge_base: str) -> str:
    """A knowledge base with one project and its finance."""
    projects = "name,status,countries\nOrsha Hub,completed,Belarus\n"
    for noun, text in (("projects", projects), ("finance", MONEY.format("100.25"))):
        loaded = run("--db", knowledge_base, "load", noun, "-", *GIVEN, stdin=text)
        assert loaded.exit_code == 0, loaded.stderr
    return knowledge_base


@pytest.fixture
def memo(tmp_path: Path) -> Path:
    """The path of a memo."""
    path = tmp_path / "memo.toml"
    path.write_text(MEMO, encoding="utf-8")
    return path


def test_a_memo_has_its_parts_in_order_and_keeps_its_figures(filled: str, memo: Path) -> None:
    result = run("--db", filled, "report", "--from", str(memo), "-f", "json")
    assert result.exit_code == 0, result.stderr
    assert "to show next time what has changed" in result.stderr
    data = json.loads(result.stdout)
    titles = [section["title"] for section in data["sections"].values()]
    assert titles == ["Why", "Belarus: Money", "Belarus: At a glance", "Loans", "Hubs"]
    (loans,) = data["sections"]["part_3_money"]["parts"][0]["figures"]
    assert (loans["value"], loans["unit"]) == (100.25, "nominal USD")
    assert "signed, version 1" in loans["counted"]
    (money,) = data["sections"]["part_2_money"]["parts"][0]["figures"]
    assert "pledged, version 1" in money["counted"]
    (hub,) = data["sections"]["part_4"]["parts"][0]["rows"]
    assert hub["name"] == "Orsha Hub"
    assert hub["citations"]
    assert (memo.parent / "memo.figures.json").is_file()
    brief = answer("--db", filled, "report", "--from", str(memo), "--brief", "-f", "markdown")
    assert "In detail" in brief
    # No heading repeats itself, and the terminal shows Markdown without its marks.
    assert ": Money: Money" not in brief
    screen = answer("--db", filled, "report", "--from", str(memo))
    assert "We look at Belarus." in screen
    assert "countries" in screen.partition("Hubs")[2].partition("country names")[0]
    assert f"The whole report: bricoop report --from {memo}" in brief.replace("\\", "")
    page = answer("--db", filled, "report", "--from", str(memo), "-f", "html")
    assert "<strong>Belarus</strong>" in page


@mainly_sqlite
def test_made_again_it_says_what_has_changed_however_often(filled: str, memo: Path) -> None:
    command = ("--db", filled, "report", "--from", str(memo), "-f", "json")
    answer(*command)
    changes = json.loads(answer(*command))["sections"]["changes"]["parts"]
    assert "no figure has changed" in changes[0]["text"]
    text = MONEY.format("90.25")
    assert run("--db", filled, "load", "finance", "-", *GIVEN, stdin=text).exit_code == 0
    for _ in range(2):
        (table,) = json.loads(answer(*command))["sections"]["changes"]["parts"]
        figures = {row["section"]: (row["before"], row["now"], row["by"]) for row in table["rows"]}
        assert figures == {
            "Belarus: Money": (100.25, 90.25, -10),
            "Loans": (100.25, 90.25, -10),
        }


REFUSED = (
    ("title = 1", 2, "title is a whole number; it must be text"),
    ('title = "x"', 2, "parts is missing"),
    ('title = "x"\nparts = [1]', 2, "parts[1] is a whole number; it must be a table"),
    ('title = "x"\n[[parts]]\ntitle = "a"', 2, "parts[1] is nothing"),
    ('title = "x"\n[[parts]]\ntext = "a"\nreport = "gaps"', 2, "parts[1] is text and report"),
    ('title = "x"\n[[parts]]\nreprot = "gaps"', 2, "Did you mean: report?"),
    ('title = "x"\n[[parts]]\nreport = "gapz"', 4, "gaps"),
    (
        'title = "x"\n[[parts]]\nquestion = { noun = "projects", unmerged = true }',
        2,
        "parts[1] leaves decisions out",
    ),
    ('title = "x"\n[[parts]]\nreport = "gaps"\nsections = ["gap"]', 2, "It has: gaps"),
    (
        'title = "x"\n[[parts]]\nreport = "overview"\nsections = ["glanc"]',
        2,
        "Did you mean: glance? It has: glance, links, money",
    ),
    (
        'title = "x"\n[[parts]]\ntotal = { noun = "projects" }',
        2,
        "parts[1].total.noun is 'projects'. A total counts finance only",
    ),
    ('title = "x"\n[[parts]]\nquestion = { noun = "ports" }', 4, "ports"),
    ('title = "x"\nrule = "sined"\n[[parts]]\ntotal = {}', 4, "signed"),
    ("title = ", 3, "is not valid TOML"),
)


@pytest.mark.parametrize(("text", "code", "message"), REFUSED)
def test_what_is_no_memo_is_refused_by_its_key(
    sqlite_template: Path, tmp_path: Path, text: str, code: int, message: str
) -> None:
    path = tmp_path / "memo.toml"
    path.write_text(text, encoding="utf-8")
    base = tmp_path / "base.sqlite"
    base.write_bytes(sqlite_template.read_bytes())
    refused = run("--db", str(base), "report", "--from", str(path))
    assert (refused.exit_code, refused.stdout) == (code, ""), refused.stderr
    assert message in refused.stderr
    assert not (tmp_path / "memo.figures.json").exists()


def test_figures_that_were_not_kept_by_a_memo_are_refused(filled: str, memo: Path) -> None:
    figures = memo.with_name("memo.figures.json")
    for text in ("{", "[]", '{"bricoop report figures": [1]}'):
        figures.write_text(text, encoding="utf-8")
        refused = run("--db", filled, "report", "--from", str(memo))
        assert (refused.exit_code, refused.stdout) == (3, "")
        assert "Remove it" in refused.stderr
        assert figures.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_figures_are_kept_in_a_file_of_their_own(tmp_path: Path, memo: Path, kind: str) -> None:
    figures = memo.parent / "memo.figures.json"
    outside = tmp_path / "outside.txt"
    if kind == "link":
        figures.symlink_to(outside)
    else:
        os.mkfifo(figures)
    result = run("--db", str(tmp_path / "new.sqlite"), "report", "--from", str(memo))
    assert result.exit_code == 3
    assert "is a link or no regular file. Remove it" in result.stderr
    assert not outside.exists()


PLAIN = {
    "See [](https://x.org).": "See (https://x.org).",
    "[](https://x.org)": "(https://x.org)",
    "- On **Kenya**\n  and **Mali**, [A *B*](https://x.org)": "- On Kenya\n  and Mali, A B (https://x.org)",
    "> quote **a**\n> more **b**": "> quote a\n> more b",
    "```\nKenya **A**\n```\n\nKenya **A**": "```\nKenya **A**\n```\n\nKenya A",
    "a `b\nc` d\n\n# *e* #\n": "a b c d\n\n# e\n",
    "*a*\r\n*b*": "a\nb",
    "1. 1\n2. *1*\n\n#\n": "1. 1\n2. 1\n\n#\n",
    "-\t*a*\n\t\t*b*\n": "-\ta\n\t\tb\n",
}


@pytest.mark.parametrize("text", PLAIN)
def test_marks_are_taken_off_where_they_stand(text: str) -> None:
    assert unmarked(text) == PLAIN[text]


@given(st.text("ab *_`[]()#>-\n\t\r\\!<&1.=\0~", max_size=40))
def test_any_markdown_is_shown_without_its_marks(text: str) -> None:
    assert len(unmarked(text).split("\n")) <= len(text) + 1


DANGEROUS = [
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "[a][b]\n\n[b]: java&#115;cript:alert(1)",
    "<javascript:alert(1)>",
    "![a](https://example.org/seen.png)",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_markdown_of_a_memo_is_shown_as_text(
    tmp_path: Path, sqlite_template: Path, text: str
) -> None:
    assert not is_harmless(text)
    memo = tmp_path / "memo.toml"
    document = 'title = "M"\n[[parts]]\ntext = """See **this**.\n\n{} \\u007f \u202e"""\n'
    memo.write_text(document.format(text), encoding="utf-8")
    command = ("--db", str(sqlite_template), "report", "--from", str(memo), "-f")
    written = answer(*command, "markdown")
    page = MarkdownIt("commonmark", {"html": True}).render(written)
    assert not any(tag in page for tag in ("<script", "<a ", "<img"))
    for form in ("markdown", "html"):
        assert not {"\x7f", "\u202e"} & set(answer(*command, form))


def test_harmless_markdown_of_a_memo_is_kept(tmp_path: Path, sqlite_template: Path) -> None:
    text = "See **this**, [a page](https://example.org/a?b=c) and `<i>`; 1 < 2."
    memo = tmp_path / "memo.toml"
    memo.write_text(f'title = "M"\n[[parts]]\ntext = "{text}"\n', encoding="utf-8")
    command = ("--db", str(sqlite_template), "report", "--from", str(memo), "-f", "markdown")
    assert text in answer(*command)


def test_a_figure_without_a_value_has_not_changed() -> None:
    before = Figures(
        1,
        {
            "money.gone": KeptFigure("Money", "Gone", None, "USD"),
            "money.total": KeptFigure("Money", "Total", Decimal(2), "USD"),
            "money.empty": KeptFigure("Money", "Empty", None, "constant USD"),
        },
    )
    now = (
        KeyFigure("total", "Total", 2, "USD"),
        KeyFigure("empty", "Empty", None, "USD"),
        KeyFigure("new", "New", None, "USD"),
    )
    (section,) = changes_section(before, [Section("money", "Money", (KeyFigures(now),))])
    (note,) = section.parts
    assert isinstance(note, Note)
    assert "no figure has changed" in note.text
