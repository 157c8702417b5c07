"""Edge cases of loading: names across batches and files, clashing codes, long texts, pipes."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bricoop.db.engine import reading
from bricoop.db.schema import entity, finance, organization, participation, project, record
from bricoop.errors import FileUnreadableError, NotFoundError, UsageError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.resolve.resolver import Resolver
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.transform import batches
from bricoop.ingest.transform.batches import batch_size
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql

#: Enough projects to fill a batch, so that the next rows are in another one.
FILLER = "".join(f"Filler {number},\n" for number in range(batch_size(2)))


def kinds_named(engine: Engine, name: str) -> list[str]:
    """Return the kinds of the entities of a name, sorted."""
    with reading(engine) as connection:
        kinds = connection.scalars(select(entity.c.kind).where(entity.c.name == name))
        return sorted(kinds)


@pytest.mark.parametrize(
    "cell", ["CDB", "国家开发银行", "china development bank", "china-development-bank"]
)
def test_an_organization_in_a_cell_is_known_by_any_of_its_names(
    engine: Engine, load: Load, cell: str
) -> None:
    result = load("projects", f"name,financiers\nOrsha Hub,{cell}\n")
    assert dict(result.created.counts) == {}
    with reading(engine) as connection:
        keys = connection.scalars(
            select(entity.c.key)
            .join(participation, participation.c.organization_id == entity.c.id)
            .join(record, record.c.id == participation.c.record_id)
            .where(record.c.external_id == "orsha hub")
        ).all()
    assert keys == ["china-development-bank"]


def test_a_new_organization_in_many_cells_is_made_once(engine: Engine, load: Load) -> None:
    text = "name,contractors\nOne,Foo Works\nTwo,FOO works; Bar Works\n" + FILLER
    result = load("projects", text + "Three,foo works\n")
    assert {kind.value: number for kind, number in result.created.counts.items()} == {
        "organization": 2
    }
    assert kinds_named(engine, "Foo Works") == ["organization"]


@pytest.mark.parametrize("between", ["", FILLER], ids=["in one batch", "in two batches"])
def test_a_project_may_be_called_like_an_organization(
    engine: Engine, load: Load, between: str
) -> None:
    load("projects", f"name,contractors\nOne,Foo\nTwo,Foo\n{between}Foo,\n")
    assert kinds_named(engine, "Foo") == ["organization", "project"]


@pytest.mark.parametrize("between", ["", FILLER], ids=["in one batch", "in two batches"])
def test_rows_mean_the_same_however_far_apart_they_stand(
    engine: Engine, load: Load, between: str
) -> None:
    load("projects", f"name,aliases\nOrsha Hub,Hub of Orsha\n{between}Hub of Orsha,\n")
    assert kinds_named(engine, "Hub of Orsha") == []


@pytest.mark.parametrize("row", ["Freedonia,CN,FRE,", "Freedonia,FQ,FRE,156"])
def test_a_code_that_another_country_has_is_a_problem_of_its_row(load: Load, row: str) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load("countries", f"name,alpha2,alpha3,numeric\n{row}\n")
    assert [problem.line for problem in caught.value.result.problems] == [2]


@pytest.mark.parametrize("name", ["\u200b", "\u2060 \ufeff", "\u202e"])
def test_a_name_without_a_visible_character_is_refused(load: Load, name: str) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load("projects", f"name,kind\n{name},port\nA\u200bB,port\n")
    (problem,) = caught.value.result.problems
    assert (problem.line, problem.rule) == (2, "has no visible character")


def test_a_new_country_is_loaded_with_both_codes(engine: Engine, load: Load) -> None:
    load("countries", "name,alpha2,alpha3\nFreedonia,FQ,FRE\n")
    load("projects", "name,countries\nOrsha Hub,freedonia; FQ; FRE\n")
    assert kinds_named(engine, "Freedonia") == ["country"]


def awkward(length: int) -> str:
    """Return text that no compression makes short."""
    number, letters = 1, []
    for _ in range(length):
        number = number * 48_271 % 2_147_483_647
        letters.append("abcdefghijklmnopqrstuvwxyz0123456789"[number % 36])
    return "".join(letters)


@pytest.mark.parametrize("column", ["id", "name", "aliases"])
def test_a_long_name_is_taken_whole_on_both_databases_and_a_longer_one_refused(
    engine: Engine, load: Load, column: str
) -> None:
    for length in (12_000, 501):
        cells = {"id": "1", "name": "Orsha Hub", "aliases": "", column: awkward(length)}
        with pytest.raises(RowsRejectedError) as caught:
            load("projects", f"{','.join(cells)}\n{','.join(cells.values())}\n")
        assert "longer than 500" in caught.value.result.problems[0].rule
    cells = {"id": "1", "name": "Orsha Hub", "aliases": "", column: awkward(500)}
    load("projects", f"{','.join(cells)}\n{','.join(cells.values())}\n")
    with reading(engine) as connection:
        fields = select(record.c.fields).where(record.c.external_id == cells["id"])
        assert connection.execute(fields).scalar_one()[column] == (
            [cells[column]] if column == "aliases" else cells[column]
        )


def test_a_cell_that_names_an_organization_no_more_takes_it_away(
    engine: Engine, load: Load
) -> None:
    load("projects", "id,name,contractors\n1,Orsha Hub,Foo Works\n")
    load("projects", "id,name,contractors\n1,Orsha Hub,Bar Works\n")
    assert kinds_named(engine, "Foo Works") == []
    assert kinds_named(engine, "Bar Works") == ["organization"]


def test_an_organization_that_a_cell_made_is_described_later(engine: Engine, load: Load) -> None:
    load("projects", "name,contractors\nOrsha Hub,Foo Works\n")
    load("organizations", "name,kind,country\nFoo works,enterprise,Belarus\n")
    with reading(engine) as connection:
        rows = connection.execute(
            select(entity.c.name, organization.c.kind)
            .join(organization, organization.c.id == entity.c.id)
            .where(entity.c.normalised == "foo works")
        ).all()
    assert [tuple(row) for row in rows] == [("Foo works", "enterprise")]


def test_the_newer_publication_is_shown_among_sources_of_one_tier(
    engine: Engine, load: Load
) -> None:
    text = "name,status,sector\nOrsha Hub,{},{}\n"
    load("projects", text.format("completed", "210"), source="undated")
    load("projects", text.format("suspended", ""), source="newer", published="2019-03")
    load("projects", text.format("committed", "220"), source="older", published="2018")
    with reading(engine) as connection:
        shown = connection.execute(
            select(project.c.status, project.c.sector)
            .join(entity, entity.c.id == project.c.id)
            .where(entity.c.key == "orsha-hub")
        ).one()
    assert tuple(shown) == ("suspended", "220")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (SourceSpec("unheard-of"), "is new"),
        (SourceSpec("unheard-of", title="T"), "is new"),
        (SourceSpec("Not A Key", title="T", tier=4), "'not-a-key'"),
        (SourceSpec("new", title="T", tier=9), "There is no tier 9"),
        (SourceSpec("new", title="T", tier=4, kind="poem"), "no kind of source 'poem'"),
        (
            SourceSpec("new", title="T", tier=4, published="spring"),
            "is not a date. Write 2019, 2019-03",
        ),
        (SourceSpec("iso-3166", tier=1), "known with tier 3, not 1"),
    ],
)
def test_a_source_that_is_not_described_well_is_refused(
    engine: Engine, tmp_path: Path, spec: SourceSpec, message: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name\nOrsha Hub\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_file(engine, LoadRequest("projects", str(path), spec))
    assert message in str(caught.value)


def test_a_known_source_needs_only_its_key(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("name\nOrsha Hub\n", encoding="utf-8")
    result = load_file(engine, LoadRequest("projects", str(path), SourceSpec("iso-3166")))
    assert (result.source, result.counts.new) == ("iso-3166", 1)


def test_an_unknown_noun_is_refused_with_all_there_are(load: Load) -> None:
    with pytest.raises(NotFoundError, match="participations"):
        load("castles", "name\nX\n")


@pytest.mark.parametrize("content", [b"na\xffme\nX\n", b'name,"kind\nX,port\n'])
def test_a_header_that_cannot_be_read_leaves_no_file_open(
    engine: Engine, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    request = LoadRequest("projects", str(path), SourceSpec("new", title="T", tier=4))
    # An open file that is dropped is a ResourceWarning, and warnings are errors here.
    with pytest.raises(FileUnreadableError, match="line 1"):
        load_file(engine, request)


def test_standard_input_is_loaded(engine: Engine, knowledge_base: str) -> None:
    code = (
        "import sys; from bricoop.db.address import parse_address;"
        "from bricoop.db.engine import make_engine;"
        "from bricoop.ingest.pipeline import load_file;"
        "from bricoop.ingest.request import LoadRequest;"
        "from bricoop.ingest.sources import SourceSpec;"
        "e = make_engine(parse_address(sys.argv[1]));"
        "r = load_file(e, LoadRequest('projects', '-', SourceSpec('new', title='T', tier=4)));"
        "print(r.file, r.counts.new); e.dispose()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, knowledge_base],
        input="name,kind\n奥尔沙港,port\n".encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == "standard input 1"
    assert kinds_named(engine, "奥尔沙港") == ["project"]


def test_blank_lines_are_no_rows_even_with_blanks_in_them(load: Load) -> None:
    assert load("projects", "name,kind\n\n   \nOrsha Hub,port\n , \n").counts.read == 1


def test_every_table_counts_its_new_rows(engine: Engine, load: Load) -> None:
    with reading(engine) as connection:
        before = connection.scalar(select(func.count()).select_from(project)) or 0
    result = load("projects", "name,kind\n" + FILLER)
    with reading(engine) as connection:
        after = connection.scalar(select(func.count()).select_from(project))
    assert result.counts.new == batch_size(2)
    assert after == before + batch_size(2)


def test_doubtful_money_and_footers_are_noted(load: Load) -> None:
    money = load(
        "finance",
        "id,project,kind,amount,currency,amount_usd\n"
        "1,Road,commitment,100,USD,250\n"
        "2,Road,commitment,-100,USD,-100\n"
        "3,Road,repayment,-100,USD,-100\n"
        "4,Road,commitment,100.25,USD,100\n"
        "5,Road,pledge,100,CNY,15\n",
    )
    assert [(note.line, note.column, note.rule) for note in money.row_notes] == [
        (2, "amount_usd", "differs from the amount in the currency USD, 100"),
        (3, "amount", "is negative for a commitment"),
    ]


def test_digits_below_a_millionth_of_a_dollar_are_noted(engine: Engine, load: Load) -> None:
    result = load(
        "finance",
        "id,project,kind,amount,currency,amount_usd,amount_usd_constant,price_year,adjusted_usd\n"
        "1,Road,pledge,0.0000014,USD,0.0000014,,,\n"
        # The same cells again, which are noted again.
        "2,Road,pledge,0.0000014,USD,0.0000014,,,\n"
        "3,Road,pledge,0.12345678901234567890123456789,USD,,,,\n"
        "4,Road,pledge,12345.6789014,CNY,1.5,0.2000005,2021,0.3000015\n"
        # What is lost of these is less than a millionth.
        "6,Road,pledge,12039005.6408873,USD,12039005.6408873,14215712.1369128,2021,\n"
        "5,Road,pledge,1.234567,USD,1.234567,2.50,2021,3.1234560\n",
    )
    rounded = "has digits below a millionth, to which amounts in US dollars are rounded"
    assert [(note.line, note.column, note.rule) for note in result.row_notes] == [
        (2, "amount_usd", rounded),
        (3, "amount_usd", rounded),
        (4, "amount", "has digits below a millionth, to which amount_usd is rounded"),
        (5, "amount_usd_constant", rounded),
        (5, "adjusted_usd", rounded),
    ]
    with reading(engine) as connection:
        amounts = (finance.c.amount, finance.c.amount_usd, finance.c.amount_usd_constant)
        stored = connection.execute(select(*amounts).order_by(finance.c.record_id)).all()
    assert [tuple(row) for row in stored] == [
        (Decimal("0.0000014"), Decimal("0.000001"), None),
        (Decimal("0.0000014"), Decimal("0.000001"), None),
        (Decimal("0.12345678901234567890123456789"), Decimal("0.123457"), None),
        (Decimal("12345.6789014"), Decimal("1.5"), Decimal("0.2")),
        (
            Decimal("12039005.6408873"),
            Decimal("12039005.640887"),
            Decimal("14215712.136913"),
        ),
        (Decimal("1.234567"), Decimal("1.234567"), Decimal("2.5")),
    ]


@pytest.mark.parametrize(
    ("noun", "text", "expected"),
    [
        ("projects", "name\nTotal Road\nTOTAL:\n", "looks like a total"),
        ("projects", "name,countries\nSource of the Nile Bridge,\nSource: Ministry,\n", "footer"),
        ("finance", "project,kind,amount_usd\nRoad,pledge,5\nGrand total,pledge,5\n", "a total"),
        ("finance", "project,kind,amount_usd\nRoad,pledge,5\n合计,pledge,5\n", "a total"),
        ("participations", "project,organization,role\nRoad,CDB,funding\nNotes:,CDB,funding\n", ""),
        ("agreements", "name\nPact\nTotal for Kenya\n", "a total"),
        ("projects", "id,name\n1,Road\nTotal,4\n", "a total"),
        ("finance", "id,project,kind,amount_usd\n1,Road,pledge,5\nSum,Road,pledge,5\n", "a total"),
    ],
)
def test_totals_and_footers_are_refused(load: Load, noun: str, text: str, expected: str) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load(noun, text)
    ((line, rule),) = [(problem.line, problem.rule) for problem in caught.value.result.problems]
    assert line == 3
    assert expected in rule


def test_what_may_be_a_total_is_noted(load: Load) -> None:
    text = "key,name\n,Kenya total\ntotal-tower,Total\n,Road\n"
    assert [note.line for note in load("projects", text).row_notes] == [2, 3]
    money = load("finance", "project,kind,amount_usd\ntotal-tower,pledge,5\n")
    assert (money.counts.new, money.created.counts.total()) == (1, 0)
    organizations = load("organizations", "name\nTotal\n")
    assert (organizations.counts.new, len(organizations.row_notes)) == (1, 1)


def test_a_total_in_a_published_file_is_noted_once(engine: Engine, tmp_path: Path) -> None:
    profile, file = tmp_path / "deals.toml", tmp_path / "file.csv"
    profile.write_text(
        'title = "Deals"\n[source]\nkey = "ministry"\ntitle = "List"\ntier = 7\n'
        '[[records]]\nnoun = "projects"\nid = ["Name"]\n[records.fields]\nname = "Name"\n'
        '[[records]]\nnoun = "finance"\nid = ["Name"]\n[records.fields]\nproject = "Name"\n'
        'kind = { constant = "pledge" }\namount_usd = "Amount"\n',
        encoding="utf-8",
    )
    file.write_text("Name,Amount\nPort,5\nTotal,5\n", encoding="utf-8")
    custom = profile_of(str(profile))
    result = load_file(engine, LoadRequest("", str(file), custom.source, profile=custom))
    ((line, hint),) = [(note.line, note.hint) for note in result.row_notes]
    assert (line, "[[skip]]" in hint) == (3, True)


@pytest.mark.parametrize(
    ("noun", "text", "expected"),
    [
        ("projects", 'name,financiers\nHub,"CDB, Exim"\n', "If several are meant, write: CDB; Exim."),
        ("finance", "project,kind,financier\nHub,pledge,CDB and Foo Bank\n", "write: CDB; Foo Bank."),
        ("finance", "project,kind,financier\nHub,pledge,Foo Bank/Bar Fund\n", "write: Foo Bank; Bar"),
        ("finance", "project,kind,financier\nHub,pledge,C.D.B.\n", "Did you mean: CDB?"),
        ("participations", "project,organization,role\nHub,CDB、Exim,funding\n", "write a row for each"),
        ("finance", "project,kind,financier\nHub,pledge,China Developement Bank\n", "China Development Bank?"),
        ("finance", "project,kind,financier\nHub,pledge,China Development Bank (C.D.B)\n", "China Development Bank?"),
        ("projects", "name,countries\nGwadr Prot,Pakistan\n", "Did you mean: Gwadar Port?"),
        ("organizations", "name\nChina Developement Bank\n", "China Development Bank?"),
        ("projects", "name\nHarbour Road Phase I\nHarbour Road Phase II\n", None),
        ("finance", "project,kind\nHub A,pledge\nHub B,pledge\n", None),
        ("projects", "name,financiers\nHub,Bank of Zambia; Bank of Gambia\n", None),
        ("finance", "project,kind\nGwadr Port,pledge\n", "Did you mean: Gwadar Port?"),
        ("projects", 'name,contractors\nHub,"Foo Works Co., Ltd."\n', None),
        ("projects", "name,contractors\nHub,Ministry of Roads and Bridges\n", None),
        ("projects", "name,contractors\nHub,Bar A/S\n", None),
        ("finance", "project,kind\nGwadar Port 2,pledge\n", None),
    ],
)  # fmt: skip
def test_new_names_that_may_mean_known_ones_are_noted(
    load: Load, noun: str, text: str, expected: str | None
) -> None:
    notes = load(noun, text).row_notes
    assert len(notes) == (expected is not None)
    for note in notes:
        assert note.rule.startswith("is a new ")
        assert expected is not None
        assert expected in note.hint


@pytest.mark.parametrize(
    ("noun", "text", "noted"),
    [
        ("organizations", "name,abbreviations\nRoads Corp,CDB\n", ["CDB china-development-bank"]),
        ("organizations", "name,abbreviations\nChina Development Bank,CDB\n", []),
        ("organizations", "name,aliases\nFoo,F. W.\nBar,F W\n", ["F. W. bar", "F W foo"]),
        ("projects", "name,aliases\nQuay,Gwadar Port\n", ["Gwadar Port gwadar-port"]),
        ("projects", "name,aliases\nQuay,CDB\n", []),
    ],
)
def test_a_further_name_that_another_has_is_noted(
    load: Load, noun: str, text: str, noted: list[str]
) -> None:
    notes = load(noun, text).row_notes
    assert [f"{note.value} {note.rule.rpartition(' ')[2]}" for note in notes] == noted
    assert all("is also a name of another" in note.rule for note in notes)


def test_a_further_name_is_cited_in_the_column_that_gives_it(load: Load) -> None:
    load("organizations", "name\n示例银行\n")
    (note,) = load("organizations", "name,name_zh,aliases\nTwo,示例银行集团,示例银行\n").row_notes
    assert note.column == "aliases"


def test_values_that_can_hardly_be_are_noted(load: Load) -> None:
    result = load(
        "finance",
        "id,project,kind,amount,currency,amount_usd,date,maturity,grace_period,interest_rate\n"
        "1,Road,commitment,5,CNY,1,2119,20,5,2.5\n2,Road,commitment,5,CNY,1,1019-05,20,5,2.5\n"
        "3,Road,commitment,0,CNY,0,2019,20,5,2.5\n4,Road,repayment,0,CNY,0,2019,20,5,2.5\n"
        "5,Road,commitment,1.2e15,CNY,1.2e12,2019,20,5,2.5\n"
        "6,Road,commitment,5,CNY,1,2019,240,60,250\n",
    )
    assert [(note.line, note.column, note.rule) for note in result.row_notes] == [
        (2, "date", "is not between 1900 and 2099"),
        (3, "date", "is not between 1900 and 2099"),
        (4, "amount", "is zero for a commitment"),
        (6, "amount_usd", "is more than 100 billion US dollars"),
        (7, "maturity", "is not between 0 and 100"),
        (7, "grace_period", "is not between 0 and 50"),
        (7, "interest_rate", "is not between 0 and 50"),
    ]
    dated = load("projects", "name,started,completed\nHub,0203,2019\nYard,2003,2019\n")
    assert [(note.line, note.column) for note in dated.row_notes] == [(2, "started")]


def test_a_name_that_many_rows_share_is_noted_a_few_times(load: Load) -> None:
    rows = "".join(f"Quay {number},Common Quay\n" for number in range(40))
    notes = load("projects", "name,aliases\n" + rows).row_notes
    assert [note.line for note in notes] == [2, 3, 4, 5]
    assert notes[-1].rule == "is also a name of another project: quay-0; quay-1; quay-2"


def test_keys_of_long_names_alike_are_numbered_without_trying_all_numbers_again(
    engine: Engine, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    exists = Resolver._exists  # noqa: SLF001 (each call may be a query)

    def counted(resolver: Resolver, key: str) -> bool:
        tried.append(key)
        return exists(resolver, key)

    monkeypatch.setattr(batches, "_FEWEST", 5)
    monkeypatch.setattr(batches, "_MOST", 5)
    monkeypatch.setattr(Resolver, "_exists", counted)
    name = "Quay " * 20
    load("projects", "name\n" + "".join(f"{name}{number}\n" for number in range(60)))
    base = "-".join(["quay"] * 16)
    with reading(engine) as connection:
        keys = set(connection.scalars(select(entity.c.key).where(entity.c.key.startswith(base))))
    assert keys == {base, *(f"{base}-{number}" for number in range(2, 61))}
    assert len(tried) <= 2 * 60
