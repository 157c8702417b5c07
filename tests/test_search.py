"""Full-text search on both databases: hits, ranking, snippets, and updates of the index."""

import re
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.domain.tokenizer import located
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.lookup.search_query import Term
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.query.search.hits import SearchRequest, count_hits, search, suggestions
from bricoop.query.search.snippets import _spans, _spans_of
from support.examples import examples
from support.loading import Load
from support.searching import PROJECTS, hit_count, hit_keys, hits, is_whole
from support.server import on_server, server_url

ORGANIZATIONS = """name,name_zh,abbreviations,country,description
China Road and Bridge Corporation,中国路桥工程有限责任公司,CRBC,China,Builds roads
China Communications Construction,中国交通建设股份有限公司,CCCC,China,
Türkiye İş Bankası,,,Turkey,A bank
Société Générale de Côte d'Ivoire,,SGCI,Côte d'Ivoire,
"""
PLACES = "project,name,latitude,longitude,precision\nNairobi Expressway,Mlolongo,-1.4,36.9,exact\n"

#: What the list of fifty asks for; every kind of asking is among them.
QUERIES = (
    "gwadar", "port", "railway", "rail", "nairobi", "kenya railway", "railway kenya", "crbc", "china",
    "china bank", "development bank", "road bridge", '"road and bridge"', '"bridge and road"', "port -sea",
    "railway -kenya", "中国", "路桥", "中国路桥", "铁路", "蒙", "中国 路桥", "abidjan", "cote ivoire",
    "Côte d'Ivoire", "rehabilitation", "turkiye", "is bankasi", "ke-1", "KE", "x-77", "pak", "belarus",
    "silk road", "silk road fund", "fund", "cooperation documents", "policy", "facility", "trade", "mlolongo",
    "o'neill", "dam & sons", "made in china 2025", "2025", "standard gauge", "highlands terminus", "africa",
    "海上", "hanbantota",
)  # fmt: skip

#: Further arguments of searches.
VARIANTS: tuple[dict[str, Any], ...] = ({}, {"limit": 4, "offset": 2}, {"countries": ("Kenya",)})


def load_all(engine: Engine, folder: Path) -> None:
    spec = SourceSpec("atlas", title="The atlas", tier=5)
    for noun, rows in (
        ("organizations", ORGANIZATIONS),
        ("projects", PROJECTS),
        ("locations", PLACES),
    ):
        path = folder / f"{noun}.csv"
        path.write_text(rows, encoding="utf-8")
        load_file(engine, LoadRequest(noun, str(path), spec))


@pytest.fixture(scope="module")
def pair(
    sqlite_template: Path, server_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """The same knowledge base on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("pair")
    path = folder / "kb.sqlite"
    shutil.copyfile(sqlite_template, path)
    name = f"bricoop_test_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {server_template}")
    engines = make_engine(parse_address(str(path))), make_engine(server_url(name))
    for engine in engines:
        load_all(engine, folder)
    yield engines
    for engine in engines:
        engine.dispose()
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


def meant(engine: Engine, text: str) -> list[str]:
    with reading(engine) as connection:
        return suggestions(connection, SearchRequest(text))


def test_fifty_texts_find_the_same_in_the_same_order_on_both(pair: tuple[Engine, Engine]) -> None:
    first, other = pair
    assert len(QUERIES) == 50
    for text in QUERIES:
        rows = hits(first, text)
        assert rows == hits(other, text), text
        assert hit_count(first, text) == hit_count(other, text) >= len(rows), text
        assert rows or text == '"bridge and road"', text


@pytest.mark.parametrize(
    ("expected", "few"),
    [(-1, 500), (5_000, 3), (5_000, 500)],
    ids=["words that many have", "more than were expected", "words that few have"],
)
def test_answers_do_not_depend_on_how_many_hits_a_server_expects(
    pair: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch, expected: int, few: int
) -> None:
    monkeypatch.setattr("bricoop.lookup.fulltext._MAX_ESTIMATE", expected)
    monkeypatch.setattr("bricoop.lookup.fulltext._MAX_MATCHES", few)
    monkeypatch.setattr("bricoop.lookup.fulltext._PROBED_ROWS", 300)
    for text, more in zip(QUERIES, cycle(VARIANTS), strict=False):
        assert hits(pair[1], text, **more) == hits(pair[0], text, **more), (text, more)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("railway mombasa", "mombasa-nairobi-railway"),  # in any order
        ("momb nair", "mombasa-nairobi-railway"),  # beginnings
        ("路桥", "china-road-and-bridge-corporation"),  # two characters
        ("中国路桥", "china-road-and-bridge-corporation"),
        ("国路", "china-road-and-bridge-corporation"),  # anywhere
        ("亚吉", "addis-ababa-djibouti-railway"),  # a beginning
        ("turkiye is", "turkiye-is-bankasi"),  # without diacritics
        ("KE-1", "mombasa-nairobi-railway"),  # what its source numbers it by
        ("port", "port"),  # an exact name first
        ("mlolongo", "nairobi-expressway"),  # its place
        ("Guadal", "gwadar-port"),  # as a source misprints it
        ("Ägypten", "egypt"),  # in a language that no source writes in
        ("AO", "angola"),  # a code, though Austria is written so in Vietnamese
        ("guinea -bissau", "guinea"),  # not the country that is left out
    ],
)
def test_what_was_typed_finds_it_first(pair: tuple[Engine, Engine], text: str, first: str) -> None:
    assert hit_keys(pair[0], text)[0] == first


@pytest.mark.parametrize("text", ["Ägypten", "AO", "sudan -south", '"africa south"', "gwadar prot"])
def test_rows_of_countries_are_found_by_what_search_finds(
    pair: tuple[Engine, Engine], text: str
) -> None:
    with reading(pair[0]) as connection:
        question = Question("countries", {"all": ("yes",)}, ("key",), search=text)
        rows = {row[0] for row in execute(connection, question).rows}
    assert rows == set(hit_keys(pair[0], text, kinds=(EntityKind.COUNTRY,), limit=100))


def test_hits_in_names_come_first_and_whole_words_before_beginnings(
    pair: tuple[Engine, Engine],
) -> None:
    for engine in pair:
        ports = hit_keys(engine, "port", limit=100)
        assert ports[0] == "port"
        assert ports.index("gwadar-port") < ports.index("portal-works")
        assert ports.index("portal-works") < ports.index("addis-ababa-djibouti-railway")
        assert "portal-works" not in hit_keys(engine, '"port"', limit=100)
        pages = [
            key
            for at in range(0, len(ports), 2)
            for key in hit_keys(engine, "port", limit=2, offset=at)
        ]
        assert pages == ports
        assert hit_count(engine, "port") == len(ports)


def test_phrases_are_of_whole_words_in_one_text_and_minus_leaves_out(
    pair: tuple[Engine, Engine],
) -> None:
    for engine in pair:
        assert hit_keys(engine, '"nairobi railway"') == ["mombasa-nairobi-railway"]
        assert hit_keys(engine, '"railway nairobi"') == []
        # A phrase does not match across two names of one entity.
        assert hit_keys(engine, '"railway sgr"') == []
        assert hit_keys(engine, "railway sgr") == ["mombasa-nairobi-railway"]
        assert "addis-ababa-djibouti-railway" in hit_keys(engine, "railway -nairobi")
        assert "mombasa-nairobi-railway" not in hit_keys(engine, "railway -nairobi")
        assert (
            hit_keys(engine, "railway -铁路 -not", limit=100).count("mombasa-nairobi-railway") == 0
        )
        assert hit_keys(engine, 'kenya -"not a railway"', kinds=(EntityKind.PROJECT,)) == [
            "mombasa-nairobi-railway", "o-neill-and-sons-b-dam-b",
        ]  # fmt: skip


def test_a_hit_says_why_it_was_found(pair: tuple[Engine, Engine]) -> None:
    for engine in pair:
        row = hits(engine, "路桥")[0]
        assert row[4:] == (
            "中国路桥工程有限责任公司",
            [[2, 4]],
            ["name, translation (zh)"],
            ["atlas"],
            ["line 2"],
        )
        row = hits(engine, "nairobi mlolongo")[0]
        assert row[4] == "Nairobi Expressway | Mlolongo"
        assert [row[4][a:b] for a, b in row[5]] == ["Nairobi", "Mlolongo"]
        assert row[6] == ["name", "place"]
        row = next(hit for hit in hits(engine, "electric terminus") if hit[1].startswith("addis"))
        assert "electric" in row[4]
        assert row[4].endswith("terminus at the sea port.")
        assert len(row[4]) < 250
        assert [row[4][a:b] for a, b in row[5]] == ["electric", "terminus"]
        # Participants are found by all of their names.
        assert hits(engine, "crbc expressway")[0][4:7] == (
            "Nairobi Expressway | CRBC", [[8, 18], [21, 25]], ["name", "contractor"],
        )  # fmt: skip
        assert hit_keys(engine, "肯尼亚 铁路")[0] == "mombasa-nairobi-railway"


@settings(deadline=None, max_examples=examples(200))
@given(
    text=st.text("aAnNdB1 -&.\u00a0\u2019", max_size=30),
    words=st.lists(st.text("andb1", min_size=1, max_size=3), min_size=1, max_size=3),
    is_prefix=st.booleans(),
)
def test_words_are_marked_in_plain_texts_as_they_are_split(
    text: str, words: list[str], *, is_prefix: bool
) -> None:
    term = Term(tuple(words), is_prefix, "")
    assert _spans_of(text, [term]) == [_spans(located(text), term)]


@pytest.mark.parametrize("is_prefix", [False, True])
def test_words_longer_than_those_of_the_index_are_marked(*, is_prefix: bool) -> None:
    text, term = f"a {'b' * 70} c", Term(("b" * 64, "c"), is_prefix, "")
    assert _spans_of(text, [term]) == [_spans(located(text), term)] == [[(2, 74)]]


def test_filters_narrow_and_unknown_ones_are_refused(pair: tuple[Engine, Engine]) -> None:
    for engine in pair:
        assert hit_keys(engine, "railway", kinds=(EntityKind.ORGANIZATION,)) == []
        assert hit_keys(engine, "railway", countries=("Djibouti",)) == [
            "addis-ababa-djibouti-railway"
        ]
        assert set(hit_keys(engine, "port", sources=("atlas",))) <= set(
            hit_keys(engine, "port", limit=100)
        )
        assert hit_keys(engine, "gwadar", links=("facility",)) == ["gwadar-port"]
        assert hit_keys(engine, "gwadar", links=("trade",)) == []
        with pytest.raises(NotFoundError):
            hits(engine, "port", countries=("Atlantis",))


def names_found(engine: Engine, text: str, **more: Any) -> list[str]:
    """Return the names of the hits, and check their number against `count_hits`."""
    with reading(engine) as connection:
        answer = search(connection, SearchRequest(text, **more))
        names = [row["name"] for row in answer.by_name()]
        assert count_hits(connection, SearchRequest(text, **more)) == len(names)
    return names


def test_a_name_that_is_close_comes_before_texts_that_have_the_word(
    engine: Engine, load: Load
) -> None:
    load(
        "projects",
        "name,aliases,description\n"
        "Keniatta Works,,\nDairy,,Milk for Kenia and Mombassa\nMombasa,,\n"
        "Northern Corridor,Corridor North,\nRoad,,Part of the corridor norht\n",
    )
    assert names_found(engine, "kenia") == ["Kenya", "Keniatta Works", "Dairy"]
    assert names_found(engine, "mombassa") == ["Mombasa", "Dairy"]
    assert names_found(engine, "corridor norht") == ["Northern Corridor", "Road"]
    assert names_found(engine, "mombassa", limit=1000, kinds=(EntityKind.COUNTRY,)) == []
    assert names_found(engine, '"mombassa"') == ["Dairy"]
    load("projects", "name\nMombassa Road\n", source="b")
    assert names_found(engine, "mombassa") == ["Mombassa Road", "Dairy"]
    load("projects", "name\nKenia Dam\n", source="c")
    assert names_found(engine, "kenia")[:2] == ["Kenya", "Kenia Dam"]
    assert names_found(engine, "kenia", kinds=(EntityKind.COUNTRY,)) == ["Kenya"]


@pytest.mark.parametrize("text", ["mombas", "bombaza", "mali", "phase 3", "aa a"])
def test_other_names_are_not_close(engine: Engine, load: Load, text: str) -> None:
    load(
        "projects",
        f"name,description\nMombasa,\nBali,\nPhase 2,\na aa,\nOther Works,Beside {text}\n",
    )
    assert names_found(engine, text)[-1] == "Other Works"
    assert not {"Bali", "Phase 2"} & set(names_found(engine, text))


def test_misspelt_words_are_mended_into_words_that_find_something(
    pair: tuple[Engine, Engine],
) -> None:
    for text, expected in (("gwadr prt", "gwadar port"), ("expresway", "expressway"),
                          ("mombassa railway", "mombasa railway")):  # fmt: skip
        offered = [meant(engine, text) for engine in pair]
        assert offered[0] == offered[1]
        assert offered[0][0] == expected
        assert all(hits(pair[0], suggestion) for suggestion in offered[0])
    assert meant(pair[0], "qqqqqqqq") == []
    assert meant(pair[0], "银河系") == []


@pytest.mark.parametrize("text", ["", "  ", "!?… – '", "\x00", "-port", '""', '-"a b"', "·"])
def test_a_text_without_words_is_refused_with_a_hint(
    pair: tuple[Engine, Engine], text: str
) -> None:
    for engine in pair:
        with pytest.raises(UsageError) as refused:
            hits(engine, text)
        assert refused.value.hint


HOSTILE = (
    "' OR 1=1 --", '""" NEAR(a b)', "names : port", "port*", "NEAR(port gwadar, 2)", "a AND b OR NOT c",
    "port:*A", "!port | gwadar & (x", "\\'; DROP TABLE entity; --", "port\x00gwadar", "🚂 port", "^port", "{a b}",
    "<-> port <2>", "'port':*", "port" * 3000, "\uff50\uff4f\uff52\uff54", "\ufdfa", "\u202eport", "\ud800 port",
)  # fmt: skip


def test_hostile_texts_find_the_same_on_both_and_do_nothing_else(
    pair: tuple[Engine, Engine],
) -> None:
    for text in HOSTILE:
        assert hits(pair[0], text) == hits(pair[1], text), text
    assert is_whole(pair[0])


def test_too_many_words_are_refused(pair: tuple[Engine, Engine]) -> None:
    for text in ("port gwadar " * 1000, "中国路桥" * 1000, " ".join(map(str, range(2000)))):
        for engine in pair:
            try:
                hits(engine, text)
            except UsageError as refused:
                assert "64" in refused.message  # noqa: PT017 (some are words given twice)


@settings(
    deadline=None,
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cs"]),
            st.sampled_from("\"'-&|!:*()<>abport 中国路桥铁\u0301"),
        ),
        max_size=40,
    )
)
def test_any_text_finds_the_same_on_both(pair: tuple[Engine, Engine], text: str) -> None:
    try:
        rows = [hits(engine, text) for engine in pair]
    except UsageError:
        return
    assert rows[0] == rows[1]


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@settings(
    deadline=None,
    max_examples=examples(8),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(NAMES, min_size=1, max_size=4), NAMES)
def test_any_name_is_found_by_itself(
    quick: Engine, tmp_path: Path, names: list[str], about: str
) -> None:
    path = tmp_path / "any.csv"
    cells = [name.replace('"', '""').replace("'", "") for name in names]
    rows = [f'{at},"N{at} {cell}","{about.replace(chr(34), "")}"' for at, cell in enumerate(cells)]
    path.write_text("\n".join(["id,name,description", *rows, ""]), encoding="utf-8")
    number = load_file(
        quick, LoadRequest("projects", str(path), SourceSpec("any", title="Any", tier=8))
    ).load_id
    assert number is not None
    assert is_whole(quick)
    for at, cell in enumerate(cells):
        typed = re.sub('["“”„«»]', " ", f"N{at} {cell}")
        shown = [row[3] for row in hits(quick, f'"{typed}"', limit=10)]
        assert any(name.startswith(f"N{at} ") or name == f"N{at}" for name in shown), (typed, shown)
    undo_load(quick, number)
    assert is_whole(quick)
