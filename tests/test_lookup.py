"""Look-up of entities and sources by key, code, name, prefix, words or other languages."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import AmbiguousNameError, NotFoundError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.sources import SourceSpec
from bricoop.lookup.closest import closest_names
from bricoop.lookup.entities import find_entity
from bricoop.lookup.sources import find_source, match_source
from support.loading import Load

pytestmark = [pytest.mark.reads, pytest.mark.later_on_postgresql]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("gwadar-port", "gwadar-port"),
        ("GWADAR-PORT", "gwadar-port"),
        (" Gwadar Port ", "gwadar-port"),
        ("by", "belarus"),
        ("BLR", "belarus"),
        ("白俄罗斯", "belarus"),
        ("Беларусь", "belarus"),
        ("Viet Nam", "vietnam"),
        ("设施联通", "link-facility"),
        ("facility", "link-facility"),
        ("Hanbantota", "hambantota-port"),
        ("jakarta bandung", "jakarta-bandung-high-speed-railway"),
        ("belarus industrial", "china-belarus-industrial-park"),
        ("industrial belarus great", "china-belarus-industrial-park"),
        ("indus belar gre", "china-belarus-industrial-park"),
        ("Kina", "china"),
        ("156", "china"),
        ("P.R.C.", "china"),
        ("U.A.E.", "united-arab-emirates"),
        ("u.s.a", "united-states"),
        ("U. K.", "united-kingdom"),
        ("尔港", "gwadar-port"),
    ],
)
def test_any_usual_spelling_finds_the_thing(engine: Engine, typed: str, key: str) -> None:
    with reading(engine) as connection:
        assert find_entity(connection, typed).key == key


def test_the_kind_decides_between_things_of_one_name(engine: Engine) -> None:
    with reading(engine) as connection:
        country = find_entity(connection, "Belarus", [EntityKind.COUNTRY])
        park = find_entity(connection, "Belarus", [EntityKind.PROJECT])
    assert (country.kind, country.key) == (EntityKind.COUNTRY, "belarus")
    assert (park.kind, park.key) == (EntityKind.PROJECT, "china-belarus-industrial-park")


def test_an_ambiguous_name_lists_every_meaning_with_its_key(engine: Engine) -> None:
    with reading(engine) as connection, pytest.raises(AmbiguousNameError) as caught:
        find_entity(connection, "bank china", [EntityKind.ORGANIZATION])
    assert set(caught.value.candidates) == {
        "China Development Bank (china-development-bank)",
        "Export-Import Bank of China (export-import-bank-of-china)",
    }


def test_an_exact_name_is_not_ambiguous_with_longer_ones(engine: Engine, load: Load) -> None:
    load("projects", "name\nOrsha\nOrsha Hub\nOrsha Hub Extension\n")
    with reading(engine) as connection:
        assert find_entity(connection, "orsha hub").key == "orsha-hub"


def test_a_beginning_counts_before_words_in_the_middle(engine: Engine, load: Load) -> None:
    load("projects", "name\nOrsha Dry Port\nNew Orsha Dry Port\n")
    with reading(engine) as connection:
        assert find_entity(connection, "orsha dry").key == "orsha-dry-port"


def test_a_key_counts_before_a_name(engine: Engine, load: Load) -> None:
    load("projects", "key,name\norsha,Minsk Hub\n,Orsha\n")
    with reading(engine) as connection:
        assert find_entity(connection, "orsha").name == "Minsk Hub"


@pytest.mark.parametrize("typed", ["%", "_", "", "   ", "' OR 1=1 --", "\\"])
def test_what_is_no_name_finds_nothing(engine: Engine, typed: str) -> None:
    with reading(engine) as connection, pytest.raises(NotFoundError):
        find_entity(connection, typed)


@pytest.mark.parametrize("typed", ["Russa", "1", "elarus", "国"])
def test_a_piece_of_a_word_is_no_name(engine: Engine, typed: str) -> None:
    with reading(engine) as connection, pytest.raises(NotFoundError):
        find_entity(connection, typed, [EntityKind.COUNTRY])


def test_names_have_a_word_for_each_typed_word_to_begin(engine: Engine, load: Load) -> None:
    load("projects", "name\nNew Orsha Dry Port\nOrsha Airport\nOrsha Transport Hub\n")
    with reading(engine) as connection:
        assert find_entity(connection, "port orsha").key == "new-orsha-dry-port"


@pytest.mark.parametrize(
    "name",
    ["CN", "chn", "156", "P.R.C.", "china", "hong-kong-sar", "Kina", "Беларусь", "U.A.E.", "U.S."],
)
def test_a_name_of_a_country_means_the_same_to_loads_and_to_questions(
    engine: Engine, name: str
) -> None:
    with reading(engine) as connection:
        known = KnownPlaces(connection)
        country = find_entity(connection, name, [EntityKind.COUNTRY])
        assert known.id_of(known.code(name)) == country.id


@pytest.mark.parametrize(
    "typed", ["Sudan; South Sudan", "South Sudan/Sudan", "Hong Kong; China", "Congo|Angola"]
)
def test_several_countries_are_not_found_as_one(engine: Engine, typed: str) -> None:
    with reading(engine) as connection:
        with pytest.raises(NotFoundError, match="Did you mean: "):
            find_entity(connection, typed, [EntityKind.COUNTRY])
        for name, key in (("Burma/Myanmar", "myanmar"), ("Hong Kong, China", "hong-kong-sar")):
            assert find_entity(connection, name, [EntityKind.COUNTRY]).key == key


def test_a_word_that_is_typed_twice_is_twice_in_the_name(engine: Engine, load: Load) -> None:
    load("projects", "name\nBora Bora Port\n")
    with reading(engine) as connection:
        assert find_entity(connection, "port bora bora").key == "bora-bora-port"
        with pytest.raises(NotFoundError):
            find_entity(connection, "Guinea, Equatorial Guinea")
        with pytest.raises(NotFoundError):
            find_entity(connection, "bora port port")


def test_what_is_not_found_offers_the_closest_names(engine: Engine) -> None:
    with reading(engine) as connection, pytest.raises(NotFoundError) as caught:
        find_entity(connection, "Gwadr Prot")
    assert caught.value.closest[0] == "Gwadar Port"
    assert "Gwadr Prot" in str(caught.value)


def test_the_closest_names_are_of_the_kind_that_is_asked_for(engine: Engine) -> None:
    with reading(engine) as connection:
        assert closest_names(connection, "Kazakstan", [EntityKind.COUNTRY])[0] == "Kazakhstan"
        assert "Kazakhstan" not in closest_names(connection, "Kazakstan", [EntityKind.POLICY])


def test_a_source_is_found_by_its_key_or_by_words_of_its_title(engine: Engine) -> None:
    with reading(engine) as connection:
        by_key = find_source(connection, "manufacturing-cooperation-paper")
        assert find_source(connection, "Cooperation of China's manufacturing") == by_key
        with pytest.raises(NotFoundError, match="`bricoop query sources` lists them"):
            find_source(connection, "no such source")
        with pytest.raises(AmbiguousNameError, match="vision-and-actions-2015"):
            find_source(connection, "an")


def test_single_letters_begin_words_too(engine: Engine, load: Load) -> None:
    load("projects", "name\nNew Orsha Dry Port\nOld Brest Inn\n")
    with reading(engine) as connection:
        assert find_entity(connection, "p orsha d").key == "new-orsha-dry-port"
        assert find_entity(connection, "inn b o").key == "old-brest-inn"


def test_among_very_many_names_those_that_share_words_are_compared(
    quick: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 20,000 names take long to load.
    monkeypatch.setattr("bricoop.lookup.closest._MAX_COMPARED", 2_000)
    rows = "".join(f"Depot of lot {number}\n" for number in range(2_100))
    path = Path(str(quick.url.database)).with_name("depots.csv")
    path.write_text(f"name\n{rows}Kilimanjaro Tramway\nLot 7 Sidings\n", encoding="utf-8")
    load_file(quick, LoadRequest("projects", str(path), SourceSpec("lots", title="Lots", tier=8)))
    with reading(quick) as connection:
        assert closest_names(connection, "Kilimanjaro Tramwya", [])[0] == "Kilimanjaro Tramway"
        assert closest_names(connection, "Kilimandjaro", [])[0] == "Kilimanjaro Tramway"
        # Every word is known, but no name has all of them.
        assert closest_names(connection, "Kilimanjaro Tramway Lot", [])[0] == "Kilimanjaro Tramway"
        assert "Gwadar Port" in closest_names(connection, "Gwadr Prot", [])
        assert closest_names(connection, "…", []) == []


def test_a_source_is_found_by_the_beginning_of_its_key(engine: Engine, load: Load) -> None:
    load("projects", "name\nPort\n", source="institute-data-3", title="Figures")
    load("projects", "name\nDam\n", source="institute-atlas", title="Maps")
    with reading(engine) as connection:
        number = find_source(connection, "institute-data")
        assert number == find_source(connection, "institute-data-3")
        with pytest.raises(AmbiguousNameError, match="institute-atlas"):
            find_source(connection, "institute")
        with pytest.raises(NotFoundError, match="institute-atlas"):
            find_source(connection, "institute-atlass")


def test_no_part_of_a_title_or_a_key_is_preferred_in_silence(engine: Engine, load: Load) -> None:
    load("projects", "name\nPort\n", source="office-flows", title="Reporting System")
    load("projects", "name\nDam\n", source="lists", title="Office and flows lists")
    with reading(engine) as connection:
        with pytest.raises(AmbiguousNameError, match="office-flows; lists"):
            find_source(connection, "flows")
        source = match_source(connection, "reporting")
        assert (source.key, source.is_exact) == ("office-flows", False)
        assert match_source(connection, "Reporting system").is_exact
        assert match_source(connection, "OFFICE-FLOWS").is_exact


def test_a_source_is_found_by_the_profile_that_loaded_it(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    load("projects", "name\nDam\n", source="notes", title="Notes")
    profile, file = tmp_path / "deals.toml", tmp_path / "file.csv"
    profile.write_text(
        'title = "Deals"\n'
        '[source]\nkey = "ministry"\ntitle = "List"\ntier = 7\n'
        '[[records]]\nnoun = "projects"\nid = ["Name"]\n[records.fields]\nname = "Name"\n',
        encoding="utf-8",
    )
    file.write_text("Name\nPort\n", encoding="utf-8")
    parsed = profile_of(str(profile))
    load_file(engine, LoadRequest("", str(file), parsed.source, profile=parsed))
    with reading(engine) as connection:
        assert match_source(connection, "deals").key == "ministry"
        with pytest.raises(NotFoundError):
            find_source(connection, "native")
