"""Loading files: all or nothing, with counts, resolving exact names, and idempotent."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.copy_database import table_counts
from bricoop.db.engine import reading
from bricoop.db.schema import entity, project, record, record_version
from bricoop.domain.problem import Problem
from bricoop.errors import DataRejectedError, UsageError
from bricoop.ingest.counts import Counts
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.transform.batches import batch_size
from bricoop.query.entity.recorded import entity_profile
from bricoop.query.execute import execute
from bricoop.query.question import Question
from support.loading import Load
from support.processes import HANGS

pytestmark = pytest.mark.later_on_postgresql

HUB = "name,kind,countries,links,financiers\nOrsha Hub,facility,Belarus,trade,CDB; Bank of Minsk\n"


def counts_of(result: LoadResult) -> tuple[int, int, int, int]:
    """Return new, changed, unchanged and rejected."""
    counts = result.counts
    assert counts.read == counts.new + counts.changed + counts.unchanged + counts.rejected
    return counts.new, counts.changed, counts.unchanged, counts.rejected


def problems_of(load: Load, noun: str, text: str) -> list[Problem]:
    """Load a text that must be refused; return the problems."""
    with pytest.raises(RowsRejectedError) as caught:
        load(noun, text)
    return caught.value.result.problems


def everything(engine: Engine) -> dict[str, int]:
    """Return the rows of every table."""
    with reading(engine) as connection:
        return table_counts(connection)


def ask_for(engine: Engine, noun: str, *columns: str, **filters: str) -> list[tuple[object, ...]]:
    """Return rows of a noun."""
    question = Question(noun, {name: (value,) for name, value in filters.items()}, columns)
    with reading(engine) as connection:
        return list(execute(connection, question).rows)


def test_a_file_is_loaded_counted_and_answers(engine: Engine, load: Load) -> None:
    result = load("projects", HUB)
    assert counts_of(result) == (1, 0, 0, 0)
    assert {kind.value: number for kind, number in result.created.counts.items()} == {
        "organization": 1
    }
    rows = ask_for(
        engine, "projects", "key", "countries", "links", "financiers", "sources", name="orsha"
    )
    assert rows == [
        ("orsha-hub", ["BLR"], ["trade"], ["China Development Bank", "Bank of Minsk"], ["notes"])
    ]


def test_the_same_file_again_changes_nothing(engine: Engine, load: Load) -> None:
    load("projects", HUB)
    before = everything(engine)
    assert counts_of(load("projects", HUB)) == (0, 0, 1, 0)
    more = {name: before[name] + 1 for name in ("load", "load_header")}
    assert everything(engine) == before | more


def test_columns_in_another_order_say_the_same(load: Load) -> None:
    load("projects", "id,name,kind\n1,Orsha Hub,facility\n")
    assert counts_of(load("projects", "kind,id,name\nfacility,1,Orsha Hub\n")) == (0, 0, 1, 0)


def test_a_changed_row_is_kept_with_what_it_said_before(engine: Engine, load: Load) -> None:
    load("projects", "id,name,kind\n1,Orsha Hub,facility\n")
    assert counts_of(load("projects", "id,name,kind\n1,Orsha Port,port\n")) == (0, 1, 0, 0)
    with reading(engine) as connection:
        former = connection.execute(select(record_version.c.fields)).scalar_one()
        shown = connection.execute(
            select(entity.c.key, entity.c.name, project.c.kind)
            .join(project, project.c.id == entity.c.id)
            .where(entity.c.key == "orsha-hub")
        ).one()
    assert former["name"] == "Orsha Hub"
    assert tuple(shown) == ("orsha-hub", "Orsha Port", "port")


def test_one_bad_row_and_nothing_is_written(engine: Engine, load: Load) -> None:
    before = everything(engine)
    text = HUB + "Bad,portt,Paksitan,facility,\nWorse,port,Belarus,facility,\n,port,,,\n"
    problems = problems_of(load, "projects", text)
    assert [(problem.line, problem.column, problem.value) for problem in problems] == [
        (3, "kind", "portt"), (3, "countries", "Paksitan"), (5, "name", ""),
    ]  # fmt: skip
    assert "railway" in problems[0].hint
    assert "Pakistan" in problems[1].hint
    assert everything(engine) == before


def test_a_dry_run_counts_and_writes_nothing(engine: Engine, load: Load) -> None:
    before = everything(engine)
    result = load("projects", HUB, dry_run=True)
    assert counts_of(result) == (1, 0, 0, 0)
    assert result.load_id is None
    assert everything(engine) == before


@pytest.mark.parametrize("name", ["Belarus", "BY", "BLR", "白俄罗斯", "Biélorussie", "belarus"])
def test_countries_resolve_in_any_usual_spelling(engine: Engine, load: Load, name: str) -> None:
    load("projects", f"name,countries\nOrsha Hub,{name}\n")
    assert ask_for(engine, "projects", "countries", name="orsha") == [(["BLR"],)]


def test_a_project_is_known_by_any_of_its_names(engine: Engine, load: Load) -> None:
    load("projects", "name,status,countries\nGuadal port,completed,Pakistan\n")
    with reading(engine) as connection:
        gwadar = entity_profile(connection, "Gwadar")
    assert {claim.source for claim in gwadar.claims} == {"notes", "manufacturing-cooperation-paper"}
    shown = {disagreement.field: disagreement.shown for disagreement in gwadar.disagreements}
    # The paper itself prints the other name.
    assert shown == {"status": "implementation"}
    assert "tier" in gwadar.disagreements[0].why


def test_the_better_tier_is_shown_and_the_other_stays(engine: Engine, load: Load) -> None:
    load("projects", "name,status\nGwadar Port,completed\n", tier=1)
    assert ask_for(engine, "projects", "status", name="gwadar") == [("completed",)]
    with reading(engine) as connection:
        (differing,) = entity_profile(connection, "gwadar-port").disagreements
    assert [claim.value for claim in differing.claims] == ["completed", "implementation"]


def test_a_year_and_a_month_of_it_do_not_disagree(engine: Engine, load: Load) -> None:
    load("projects", "name,started\nOrsha Hub,2015\n", source="one")
    load("projects", "name,started\nOrsha Hub,2015-03\n", source="two")
    with reading(engine) as connection:
        assert entity_profile(connection, "orsha-hub").disagreements == ()


def test_the_same_name_in_another_country_is_another_project(engine: Engine, load: Load) -> None:
    load("projects", "id,name,countries\n1,Solar Park,Kenya\n2,Solar Park,Mali\n")
    load("projects", "id,name,countries\n3,Solar Park,Kenya\n", source="others")
    rows = ask_for(engine, "projects", "key", "countries", name="solar park")
    assert sorted(rows, key=str) == [("solar-park", ["KEN"]), ("solar-park-2", ["MLI"])]


FILLER = "".join(f"f{number},Filler {number},\n" for number in range(batch_size(3)))


@pytest.mark.parametrize("between", ["", FILLER], ids=["in one batch", "in two batches"])
def test_rows_of_one_source_with_other_ids_are_other_projects(
    engine: Engine, load: Load, between: str
) -> None:
    rows = f"1,Solar Park,Kenya\n{between}2,Solar Park,Kenya\n"
    load("projects", f"id,name,countries\n{rows}")
    load("projects", "id,name,countries\n3,Solar Park,Kenya\n")
    keys = ask_for(engine, "projects", "key", name="solar park")
    assert sorted(keys, key=str) == [("solar-park",), ("solar-park-2",), ("solar-park-3",)]
    assert not load("projects", f"id,name,countries\n{rows}").has_changes


def test_generic_names_of_two_sources_are_two_projects(engine: Engine, load: Load) -> None:
    name = "Economic and Technical Cooperation Agreement"
    for source in ("notes", "others"):
        load("projects", f"id,name,countries\n1,{name},Kenya\n", source=source)
    assert len(ask_for(engine, "projects", "key", name=name)) == 2


def test_a_region_is_no_country(engine: Engine, load: Load) -> None:
    load("projects", "name,countries\nOrsha Hub,Southeast Asia; Laos\n")
    rows = ask_for(engine, "projects", "countries", "country_names", name="orsha")
    assert rows == [(["LAO"], ["Laos", "Southeast Asia"])]


def test_names_that_mean_two_organizations_are_refused(load: Load) -> None:
    load(
        "organizations",
        "key,name,aliases\nbank-one,Bank One,The Bank\nbank-two,Bank Two,The Bank\n",
    )
    (problem,) = problems_of(load, "projects", "name,financiers\nX,The Bank\n")
    assert "bank-one; bank-two" in problem.rule


def test_figures_about_nothing_known_are_refused_with_the_closest(load: Load) -> None:
    (problem,) = problems_of(load, "statistics", "subject,indicator,value\nGwadr Port,cost,5\n")
    assert (problem.line, problem.column, problem.value) == (2, "subject", "Gwadr Port")
    assert "Gwadar Port" in problem.hint


@pytest.mark.parametrize(
    ("noun", "text", "column", "rule"),
    [
        ("statistics", "subject,indicator,value\nChina,x,1.740\n", "value", "thousand times"),
        ("statistics", "subject,indicator,value,period\nChina,x,1,2019..2013\n", "period", "ends"),
        ("projects", "name,completed\nX,2007-13\n", "completed", "not a calendar day"),
        ("projects", "name,started,completed\nX,2010,2007\n", "completed", "before started"),
        ("projects", "name,links\nX,roads\n", "links", "known link"),
        ("projects", "name,sector\nX,12\n", "sector", "CRS"),
        ("projects", "name,key\nX,Not A Key\n", "key", "form"),
        ("projects", "name,key\nX,china\n", "key", "something else"),
        ("projects", "id,name\n1,X\n1,Y\n", "id", "is already the id of line 2"),
        ("projects", "name\nX\nX\n", "name", "is already the name of line 2"),
        ("statistics", "subject,indicator,value\nChina,x,1\nChina,x,2\n", "subject",
         "repeats line 2, which has the same subject, indicator, unit and period"),
        ("projects", "name,kind\nX\n", "", "the row has 1 cell,"),
        ("projects", "name,kind\nX,port,more\n", "", "the row has 3 cells"),
        ("finance", "project,kind\nGwadar Port,loan\n", "kind", "known kind"),
        ("finance", "project,kind,amount\nGwadar Port,pledge,5\n", "currency", "missing"),
        ("finance", "project,kind,currency\nGwadar Port,pledge,yuan\n", "currency", "currency"),
        ("finance", "project,kind,price_year\nGwadar Port,pledge,2021\n", "price_year", "constant"),
        ("locations", "project,latitude,longitude,precision\nGwadar,25,6861000,near\n",
         "longitude", "beyond 180"),
        ("findings", "kind,statement\nchallenge,It is hard.\n", "link", "missing"),
        ("countries", "name\nAtlantis\n", "name", "not a known country"),
        ("names", "subject,name,kind\nNobody at all,X,spelling\n", "subject", "not known"),
    ],
)  # fmt: skip
def test_every_kind_of_bad_cell_is_refused(
    load: Load, noun: str, text: str, column: str, rule: str
) -> None:
    (problem,) = problems_of(load, noun, text)
    assert problem.column == column
    assert rule in problem.rule


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind\nport\n", "lacks the columns that projects need: name"),
        ("name,country\nX,Kenya\n", "country (did you mean countries?)"),
        ("name,name\nX,Y\n", "several columns of the same name: name"),
        ('"name;kind"\n"X;port"\n', "seems to be separated by semicolons"),
        ("", "is empty"),
    ],
)
def test_a_file_of_another_layout_is_refused(load: Load, text: str, message: str) -> None:
    with pytest.raises(DataRejectedError) as caught:
        load("projects", text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("delimiter", "called"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_a_header_tells_what_separates_its_cells(load: Load, delimiter: str, called: str) -> None:
    rows = [["name", "kind", "countries"], ["A, B and C", "port", '"Kenya; Mali"']]
    result = load("projects", "".join(f"{delimiter.join(row)}\n" for row in rows))
    assert counts_of(result) == (1, 0, 0, 0)
    assert result.notes == (f"Its cells are separated by {called}.",)


def test_a_header_without_rows_is_a_load_of_nothing(load: Load) -> None:
    assert counts_of(load("projects", "name,kind\n")) == (0, 0, 0, 0)


def test_every_noun_of_facts_is_loaded_and_shown(engine: Engine, load: Load) -> None:
    load(
        "finance",
        "project,kind,financier,amount,currency,amount_usd,date\n"
        "Gwadar Port,commitment,CHEXIM,1620000000.50,CNY,248000000.123456,2013-12\n"
        "New Dam,pledge,Bank of Nowhere,,,,\n",
    )
    load("locations", "project,name,latitude,longitude,precision\nGwadar,Gwadar,25.11,62.33,near\n")
    load("participations", "project,organization,role\nGwadar,Zoomlion,contractor\n")
    load("names", "subject,name,kind,language\nBLR,Белоруссия,translation,ru\n")
    with reading(engine) as connection:
        port = entity_profile(connection, "Gwadar Port")
        assert entity_profile(connection, "белоруссия").name == "Belarus"
        assert entity_profile(connection, "New Dam").finance[0]["kind"] == "pledge"
    assert [str(port.finance[0][name]) for name in ("amount", "amount_usd", "financier")] == [
        "1620000000.5", "248000000.123456", "Export-Import Bank of China",
    ]  # fmt: skip
    assert ("contractor", "Zoomlion") in {
        (relation.relation, relation.name) for relation in port.relations
    }


def test_a_source_must_be_described_once_and_not_otherwise(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text(HUB)
    with pytest.raises(UsageError, match="is new"):
        load_file(
            engine, LoadRequest("projects", str(tmp_path / "x.csv"), SourceSpec("unheard-of"))
        )
    load("projects", HUB, title="The title")
    with pytest.raises(UsageError, match="known with title"):
        load("projects", HUB, title="Another title")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_first_uses_at_once_do_not_break_each_other(database: str) -> None:
    code = (
        "import sys; from bricoop.db.address import parse_address;"
        "from bricoop.db.engine import make_engine; from bricoop.ingest.seeds import set_up;"
        "e = make_engine(parse_address(sys.argv[1])); print(set_up(e)); e.dispose()"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, database], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = sorted(process.communicate(timeout=HANGS)[0].strip() for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert outputs[1] == "None"
    assert int(outputs[0]) > 500


def test_counts_are_the_sum_of_their_parts() -> None:
    assert Counts(new=1, changed=2, unchanged=3, rejected=4).read == 10


def test_every_record_has_its_source_and_its_place(engine: Engine) -> None:
    with reading(engine) as connection:
        rows = connection.execute(select(record.c.locator, record.c.source_id)).all()
    assert rows
    assert all(row.locator and row.source_id for row in rows)


def test_an_exported_file_loads_again(engine: Engine, load: Load, tmp_path: Path) -> None:
    from bricoop.query.catalog import noun_of  # noqa: PLC0415
    from bricoop.query.nouns.noun import Field  # noqa: PLC0415
    from bricoop.query.question import Answer  # noqa: PLC0415
    from bricoop.render.row_formats import Format, write_answer  # noqa: PLC0415

    names = ["=1+1", "+5", "-x", "@a", "'=quoted", 'a "b" c', "comma, and\nbreak", "中国", "<b>"]
    with (tmp_path / "out.csv").open("w", encoding="utf-8", newline="") as out:
        fields = (Field("id", "id"), Field("name", "name"))
        rows = iter([(f"r{i}", name) for i, name in enumerate(names)])
        write_answer(Answer(noun_of("projects"), fields, rows), Format.CSV, out)
    load("projects", (tmp_path / "out.csv").read_text(encoding="utf-8"))
    assert {row[0] for row in ask_for(engine, "projects", "name", source="notes")} == set(names)
