"""`bricoop diff`: what an edition changed, field by field, and in long texts the part that differs."""

from pathlib import Path

from support.command_line import NEW_SOURCE, answer, run
from support.text_files import write


def test_what_an_edition_changed_is_said_at_once_and_shown_later(
    knowledge_base: str, tmp_path: Path
) -> None:
    load = ("--db", knowledge_base, "load", "projects", *NEW_SOURCE, "--complete")
    run(*load, write(tmp_path / "one.csv", "id,name,kind\n1,A Hub,port\n2,B Hub,road\n"))
    second = run(*load, write(tmp_path / "two.csv", "id,name,kind\n1,A Hub,mine\n3,C Hub,road\n"))
    messages = second.stderr.splitlines()
    assert "Changed fields of projects: kind (1)." in messages
    assert "No longer in the dataset: 1 project." in messages
    number = messages[-1].removeprefix("To undo this load: bricoop undo ")
    assert f"To see what changed: bricoop diff {number}" in messages
    command = ("--db", knowledge_base, "diff", number)
    assert answer(*command, "-f", "csv").splitlines() == [
        "change,noun,id,name,field,before,after",
        "changed,projects,1,A Hub,kind,port,mine",
        "gone,projects,2,B Hub,,,",
        "new,projects,3,C Hub,id,,3",
        "new,projects,3,C Hub,kind,,road",
        "new,projects,3,C Hub,name,,C Hub",
    ]
    nothing = run(*command, number)
    assert (nothing.exit_code, "No differences." in nothing.stderr) == (0, True)
    assert run("--db", knowledge_base, "diff", "999").exit_code == 4


def test_of_long_texts_the_part_in_which_they_differ_is_shown(
    knowledge_base: str, tmp_path: Path
) -> None:
    load, same = ("--db", knowledge_base, "load", "projects", *NEW_SOURCE), "word " * 40
    for end in ("old", "new"):
        text = f"id,name,description\n1,A Hub,{same}{end} and more {same}\n"
        number = run(*load, write(tmp_path / "one.csv", text)).stderr.split()[-1]
    command = ("--db", knowledge_base, "diff", number)
    assert "…word word word old and more" in answer(*command)
    assert f"{same}old and more" in answer(*command, "-f", "csv")
