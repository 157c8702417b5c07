"""How names of organizations are read, and what those of the shipped file mean."""

import csv
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.vocabularies import OrganizationKind
from bricoop.identity.organizations.activity import Activity
from bricoop.identity.organizations.compared_organization import Evidence, ListedOrganization
from bricoop.identity.organizations.listed_names import (
    compared_organization,
    listed_names,
    listed_text,
)
from bricoop.identity.organizations.name_reader import read_names
from bricoop.identity.organizations.read_organizations import read_organizations
from bricoop.identity.organizations.word_lists import organization_words
from support.loading import Load

GIVES = Activity(frozenset({"funding"}))
RECEIVES = Activity(frozenset({"receiving"}))


@pytest.mark.parametrize(
    ("name", "words", "acronyms", "numbers"),
    [
        ("Lake & Road Works Co., Ltd. (LRW)", ("lake", "road", "works"), {"lrw"}, set()),
        ("China Railway No. 8 Engineering Group (CREC8)", ("CN", "railway", "engineering"), {"crec"}, {8}),
        ("China Railway 20th Bureau Group (CR-20)", ("CN", "railway", "bureau"), {"cr"}, {20}),
        ("Shandong Power Corporation III (SEPCO III)", ("shandong", "power"), {"sepco"}, {3}),
        ("SEPCO III", ("sepco",), {"sepco"}, {3}),
        ("CREC8", ("crec",), {"crec"}, {8}),
        ("Kuri Bureau of Roads, Seventeenth", ("kuri", "bureau", "roads"), set(), {17}),
        ("BoC", ("boc",), {"boc"}, set()),
        ("(CRBC)", ("crbc",), {"crbc"}, set()),
        ("U.L.W.", ("ulw",), {"ulw"}, set()),
        ("Lake Works (U.L.W.)", ("lake", "works"), {"ulw"}, set()),
        ("Lakeco Holdings Limited", ("lakeco",), {"lakeco"}, set()),
        ("FKO/Food and Kuri Organization", ("food", "kuri", "organization"), {"fko"}, set()),
        ("KLI - Kuri Lake Institute", ("kuri", "lake", "institute"), {"kli"}, set()),
        ("Kuri Lake Institute, KLI", ("kuri", "lake", "institute"), {"kli"}, set()),
        ("KLI (Kuri Lake Institute)", ("kuri", "lake", "institute"), {"kli"}, set()),
        ("Kuri - Lake Institute", ("kuri", "lake", "institute"), set(), set()),
        ("Ministry of Mines (Ghana)", ("ministry", "mines", "GH"), set(), set()),
        ("Mabo (JV with Kuri Corporation (KC))", ("mabo", "jv", "with", "kuri", "kc"), set(), set()),
        ("Lake Works (Group)", ("lake", "works"), set(), set()),
        ("Ghana Exim Bank", ("GH", "export", "import", "bank"), set(), set()),
        ("中铁十四局集团有限公司", ("中铁",), set(), {14}),
        ("中国二十三冶建设集团有限公司", ("CN", "二十", "十三", "三冶", "冶建", "建设"), set(), set()),
        ("***", (), set(), set()),
    ],
)  # fmt: skip
def test_a_name_is_words_abbreviations_and_numbers(
    name: str, words: tuple[str, ...], acronyms: set[str], numbers: set[int]
) -> None:
    read, *others = read_names(name)
    assert read.words == words
    assert {*read.acronyms} == acronyms
    assert {*read.numbers} == numbers
    assert (read.text, others) == (name, [])


def test_words_make_abbreviations_with_and_without_legal_forms_and_articles() -> None:
    (read,) = read_names("Bank of Lake Kuri Group Co., Ltd.")
    assert read.initials == {"blk", "blkc", "blkg", "blkgc", "bolk", "bolkc", "bolkg", "bolkgc"}
    assert read_names("Lake Works")[0].initials == set()


def test_other_names_in_parentheses_are_names_of_their_own() -> None:
    first, second = read_names("Lake Works (formerly known as Kuri Builders Ltd.)")
    assert (first.words, second.words) == (("lake", "works"), ("kuri", "builders"))
    assert second.text == "Kuri Builders Ltd."
    first, second = read_names("Shanghai Lake Works\uff08上海湖\uff09")
    assert {*first.localities} == {"shanghai"}
    assert second.words == ("上海", "海湖")


def test_a_country_in_parentheses_is_the_home_of_an_organization() -> None:
    assert read_names("Ministry of Mines (Ghana)")[0].home == "GH"
    assert read_names("Bank of Ghana")[0].home == ""
    assert compared_organization("k", "Ministry of Mines (Ghana)").country == "GH"
    assert compared_organization("k", "Ministry of Mines (Ghana)", country="KE").country == "KE"
    assert compared_organization("k", "Bank of Ghana").countries == {"GH"}


@given(st.text())
def test_any_name_can_be_read(name: str) -> None:
    for read in read_names(name):
        assert len(set(read.words)) == len(read.words)
        assert {*read.spelled} | read.exact == {*read.words}


@given(st.text(alphabet="第一二三十局公司中国A("))
def test_any_chinese_number_can_be_read(name: str) -> None:
    assert all(number >= 0 for read in read_names(name) for number in read.numbers)


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(listed_text().splitlines()))


def test_each_listed_name_means_one_organization_and_has_a_source() -> None:
    keys = defaultdict(set)
    for row in rows():
        assert row["locator"], row["id"]
        assert OrganizationKind(row["kind"])
        for column in (
            "name",
            "stated_name",
            "name_zh",
            "abbreviations",
            "aliases",
            "former_names",
        ):
            for text in filter(None, row[column].split("; ")):
                keys[read_names(text)[0].signature].add(row["key"])
    assert [listed for listed in keys.values() if len(listed) > 1] == []
    assert len({row["id"] for row in rows()}) == len(rows())
    assert set(organization_words().shared_names.values()) <= {row["key"] for row in rows()}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("China Road & Bridge Corp. (CRBC)", "china-road-and-bridge-corporation"),
        ("中国路桥工程有限责任公司", "china-road-and-bridge-corporation"),
        ("The Exim Bank of China", "export-import-bank-of-china"),
        ("Ministry of Commerce of the PRC", "ministry-of-commerce-of-china"),
        ("China National Machinery and Equipment Import and Export Corp.", "china-machinery-engineering-corporation"),
        ("Lake Bank (CDB)", None),
        ("China Railway", None),
        ("China Railway Group", "china-railway-group"),
        ("China Railway No. 5 Group", None),
        ("Korea Eximbank", None),
    ],
)  # fmt: skip
def test_a_full_name_means_a_listed_organization(name: str, key: str | None) -> None:
    listed = listed_names().look_up(read_names(name), "", RECEIVES)
    assert (listed and (listed.key, listed.evidence)) == (key and (key, Evidence.NAME))


def test_an_abbreviation_or_a_shared_name_means_it_only_where_country_or_role_fit() -> None:
    def meant(name: str, country: str, activity: Activity) -> Evidence | None:
        listed = listed_names().look_up(read_names(name), country, activity)
        return listed.evidence if listed else None

    assert meant("CDB", "", GIVES) is Evidence.ABBREVIATION
    assert meant("CDB", "CN", GIVES) is Evidence.ABBREVIATION
    assert meant("CDB", "BB", GIVES) is None
    assert meant("CDB", "", RECEIVES) is None
    assert meant("Ministry of Commerce", "", GIVES) is Evidence.SHARED_NAME
    assert meant("Ministry of Commerce", "CN", RECEIVES) is Evidence.SHARED_NAME
    assert meant("Ministry of Commerce", "", Activity(frozenset({"implementing"}))) is None
    abroad = Activity(frozenset({"implementing"}), is_abroad=True)
    assert meant("Ministry of Commerce", "", abroad) is Evidence.SHARED_NAME
    assert meant("Ministry of Commerce", "KE", GIVES) is None
    assert meant("Ministry of Commerce (Nigeria)", "NG", GIVES) is None
    both = Activity(frozenset({"funding", "receiving"}))
    assert meant("Ministry of Commerce", "", both) is None
    # Names of two listed organizations mean none.
    assert (
        listed_names().look_up(
            [*read_names("China Development Bank"), *read_names("Huawei")], "", GIVES
        )
        is None
    )


def test_what_is_known_of_organizations_is_read_from_all_that_names_them(
    engine: Engine, load: Load
) -> None:
    load("organizations", "name,country,kind,abbreviations\nKuri Bank,Kenya,fund,KUB\n")
    load(
        "projects",
        "id,name,countries,implementers,receivers\n"
        "1,Mabo Road,Kenya,Ministry of Commerce,Mabo Town\n"
        "2,Zuma Road,Uganda,Ministry of Commerce,\n",
        source="news",
    )
    load(
        "finance",
        "id,project,kind,instrument,amount_usd,date,financier\n"
        "1,Mabo Road,commitment,loan,5,2011,Kuri Bank\n2,Mabo Road,commitment,loan,5,2011,ICBC\n",
        source="news",
    )
    with reading(engine) as connection:
        by_key = {organization.key: organization for organization in read_organizations(connection)}
        names = [*by_key]
    assert names == sorted(names)
    bank = by_key["kuri-bank"]
    assert (bank.country, bank.kind, bank.sources) == ("KE", "fund", ("news", "notes"))
    assert [name.text for name in bank.names] == ["Kuri Bank", "KUB"]
    # It acts in two countries.
    assert by_key["ministry-of-commerce"].listed == ListedOrganization(
        "ministry-of-commerce-of-china", Evidence.SHARED_NAME, frozenset({"mofcom"})
    )
    assert by_key["icbc"].listed == ListedOrganization(
        "industrial-and-commercial-bank-of-china", Evidence.ABBREVIATION, frozenset({"icbc"})
    )
    assert by_key["icbc"].sources == ("news",)
    assert by_key["mabo-town"].listed is None


def test_the_listed_names_load_as_any_file_and_names_then_find_their_organizations(
    engine: Engine, load: Load
) -> None:
    loaded = load("organizations", listed_text(), source="organization-names", tier=5)
    assert (loaded.counts.new, loaded.problem_count) == (len(rows()), 0)
    load(
        "projects",
        "id,name,countries,contractors,financiers\n"
        "1,Mabo Road,Kenya,China Road and Bridge (Group) Company,CHEXIM\n",
    )
    with reading(engine) as connection:
        sources = {
            organization.key: organization.sources
            for organization in read_organizations(connection)
        }
    assert sources["china-road-and-bridge-corporation"] == ("notes", "organization-names")
    assert sources["export-import-bank-of-china"] == (
        "manufacturing-cooperation-paper",
        "notes",
        "organization-names",
    )
