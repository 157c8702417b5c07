"""What `bricoop profiles new` proposes for names, countries, dates, states and organizations."""

from pathlib import Path

import pytest

from bricoop.ingest.profile.date_guesses import date_ways
from bricoop.ingest.profile.parse import profile_of
from support.proposing import check, check_refusal, fields_of, proposal
from support.text_files import written


def test_what_may_be_read_in_two_ways_is_left_to_the_user(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        'Name,Country,Date,Amount (EUR)\nA,Kenya,03/04/2015,"1,234"\nB,Mali,05/06/2016,"2,500"\n',
        encoding="utf-8",
    )
    text = proposal(path)
    assert 'Check: "1,234" may be thousands or decimals' in text
    assert 'Check: is the day or the month first in "03/04/2015"?' in text
    assert '# ["%d/%m/%Y"]\n# ["%m/%d/%Y"]\n# announced = ' in text
    assert "\nannounced" not in text
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%Y-%m-%d",)
    assert "'1,234' is not a number" in check_refusal(path)
    written(path, "Name,Signed", "A,2016", "B,03.04.2015")
    text = proposal(path)
    assert 'Check: is the day or the month first in "03.04.2015"?' in text
    assert '# ["%d.%m.%Y", "%Y"]\n# ["%m.%d.%Y", "%Y"]\n# announced = ' in text
    proposal(written(path, "Name,Signed (mm/dd/yyyy)", "A,03/02/2015", "B,05/2016"))
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%m/%d/%Y", "%m/%Y")
    path.write_text("Name,Date,Amount (EUR)\nA,13/04/2015,1.5\nB,05/06/2016,1234.25\n", "utf-8")
    proposal(path)
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%d/%m/%Y",)
    assert "2 finance rows" in check(path)


MOTHBALLED = (
    'few of its words are known ("mothballed", "rumoured"); '
    "a map says what they mean, see [maps.NAME]."
)


def test_a_column_that_looks_like_something_and_is_left_out_has_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(
        "No,Project,Signed,Year,Born,Cost,Value (EUR),Status\n"
        "1,Park,Q3 2015,2015,03/04/2015,EUR 7,about 9 to 12,mothballed\n"
        "2,Port,spring,2015,05/06/2015,EUR 8,12 or more,rumoured\n",
        encoding="utf-8",
    )
    comments = [line for line in proposal(path).splitlines() if "is left out" in line]
    assert [line.split(" and is left out: ") for line in comments] == [
        [
            '# Check: "Signed" looks like a date',
            '"Q3 2015" is not in a known date format.',
        ],
        [
            '# Check: "Born" looks like a date',
            'the day or the month may be first in "03/04/2015".',
        ],
        [
            '# Check: "Value (EUR)" looks like an amount',
            '"about 9 to 12" among its cells is not a number.',
        ],
        [
            '# Check: "Status" looks like a kind or a status',
            MOTHBALLED,
        ],
    ]


@pytest.mark.parametrize(
    ("cells", "ways"),
    [
        (["13/01-2015"], []),
        (["13/01/2015"] * 9 + ["31/31/2015"], [("%d/%m/%Y",)]),
        (["13/01/2015", "31/31/2015"], []),
        (["03/04/2015"], [("%d/%m/%Y",), ("%m/%d/%Y",)]),
        (["12 March 2015", "3-Apr-2015", "2019"], [("%Y", "%d %B %Y", "%d-%b-%Y")]),
        (["2015-03-01 10:00:00", "2015年3月1日"], [("%Y-%m-%d %H:%M:%S", "%Y年%m月%d日")]),
        (["March 3, 2015", "May 2016", "5/2016"], [("%B %d, %Y", "%B %Y", "%m/%Y")]),
        (["2015-02-31"], []),
    ],
)
def test_dates_are_read_by_as_few_patterns_as_read_them(
    cells: list[str], ways: list[tuple[str, ...]]
) -> None:
    assert date_ways(cells) == ways


def test_cells_that_name_no_one_organization_are_told(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(
        "No;Project;Borrower;Funder\n1;A;Government;Exim, Government Agency\n"
        '2;B;Kenya Railways;"CDB, State-owned Bank; Exim, Government Agency"\n'
        "3;C;Government;Exim, Government Agency\n",
        encoding="utf-8",
    )
    text = proposal(path)
    assert '# Check: "Government" names no one organization.' in text
    assert "# Check: is this the kind of an organization, and no part of its name?" in text
    rules = fields_of(path, "projects")
    assert dict(rules["receivers"].style) == {"empty": ("Government",)}
    assert rules["financiers"].delete == (", Government Agency", ", State-owned Bank")
    assert "2 new organizations named in cells" in check(path)


def test_the_most_exact_date_is_proposed_with_the_year_where_it_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_text(
        "No,Project,Commitment Year,Commitment Date (MM/DD/YYYY),Planned Start Date,Amount (USD)\n"
        "1,A,2015,03/04/2015,2015-01-01,5\n2,B,2016,,2016-01-01,6\n",
        encoding="utf-8",
    )
    proposal(path)
    assert "2 finance rows" in check(path)
    (first, *_) = profile_of(str(path.with_suffix(".toml"))).records
    announced = [rule.columns[0] for rule in first.fields if rule.name == "announced"]
    assert announced == ["Commitment Date (MM/DD/YYYY)", "Commitment Year"]
    assert "started" not in fields_of(path, "projects")
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%m/%d/%Y", "%Y")


def test_projects_are_not_called_as_their_banks_are(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text(
        "Country,Partner bank,2018,2019\nKenya,Exim,US$ 1,2\nMali,Exim,3,4\n", encoding="utf-8"
    )
    assert "# Check: no column looks like the name of a project." in proposal(path)
    assert fields_of(path, "projects")["financiers"].columns == ("Partner bank",)
    path.write_text("Country,Purpose\nKenya,Port\nMali,Road\n", encoding="utf-8")
    path.with_suffix(".toml").unlink()
    assert '# Check: is "Purpose" what the projects are called?' in proposal(path)


def test_a_table_in_chinese_is_proposed_for(tmp_path: Path) -> None:
    path = tmp_path / "cn.csv"
    path.write_text(
        "序号,项目名称,国家,金额\uff08亿美元\uff09,签约日期,状态\n1,雅万高铁,印度尼西亚,60,2015年10月,已完工\n"
        "2,蒙内铁路,肯尼亚,38.04,2014年5月,在建\n",
        encoding="utf-8",
    )
    proposal(path)
    assert "2 finance rows" in check(path)
    money, projects = fields_of(path, "finance"), fields_of(path, "projects")
    assert (money["amount_usd"].multiply, money["currency"].constant) == ("100000000", "USD")
    assert (money["date"].columns, projects["name"].columns) == (("签约日期",), ("项目名称",))
    assert projects["status"].map == {"已完工": "completed", "在建": "implementation"}


def test_words_that_are_no_countries_are_mapped_by_the_user(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Country", "A,Kenia", "B,Kenya", "C,Keenya", "D,Nowhere",
                   "E,Mali", "F,Ghana", 'G,"Africa, regional"')  # fmt: skip
    text = proposal(path)
    assert '"Keenya" = ""  # "Kenya"?\n"Nowhere" = ""\n' in text
    assert '"Africa, regional" = ""' not in text
    assert "7 projects" in check(path)


def test_no_is_norway_only_where_the_heading_says_so(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Project,Recommended", "Port A,No", "Port B,No")
    assert "countries" not in proposal(path)
    proposal(written(path, "Project,Country", "Port A,NO", "Port B,NO"))
    assert fields_of(path, "projects")["countries"].columns == ("Country",)


def test_a_file_of_countries_that_are_not_all_known_has_keys_of_its_cells(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Country,Amount USD", "Kenya,5000000", "Atlantis,7000000")
    assert '"Atlantis" = ""' in proposal(path)
    assert fields_of(path, "projects")["key"].templates == ("it-{Country}",)
    assert "2 projects 2 finance rows" in " ".join(check(path).split())


def test_namibia_is_a_country(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,ISO", "A,KE", "B,NA", "C,ML", "D,GH")
    assert "empty" not in proposal(path)
    assert fields_of(path, "projects")["countries"].columns == ("ISO",)
    assert 'empty = ["NA"]' in proposal(written(path, "Name,ISO,X", "A,KE,NA", "B,NA,a", "C,ML,b"))


def test_a_year_of_an_agreement_for_each_country_is_proposed_as_agreements(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Country,Memorandum signed", "Kenya,2017", "Mali,2019")
    proposal(path)
    assert "2 agreements" in check(path)
    assert fields_of(path, "agreements")["signed"].columns == ("Memorandum signed",)


def test_the_kind_of_an_organization_is_none_of_its_names_in_any_column(tmp_path: Path) -> None:
    names = [
        "Rail",
        "Power, Government Agency",
        "Roads, Government Agency",
        "Ports, Private Sector",
    ]
    rows = [f'{name[0]},"Exim, Government Agency","{name}"' for name in names]
    path = written(tmp_path / "it.csv", "Name,Funder,Implementer", *rows)
    assert proposal(path).count(', delete = [", Government Agency"]') == 2
    assert fields_of(path, "projects")["implementers"].delete == (", Government Agency",)
    assert "4 new organizations" not in check(path)


def test_cells_tell_what_unknown_headings_do_not(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "A,B,C,D,E,F",
                   "p-1,Port of Lamu,KEN,finished,$100m,2015-01-02",
                   "p-2,Road to Mopti,MLI,ongoing,$20m,2016-02-03",
                   "p-3,Dam of Akosombo,GHA,planned,$30m,2017-02-28")  # fmt: skip
    text = proposal(path)
    assert "3 projects 3 finance rows" in " ".join(check(path).split())
    projects, money = fields_of(path, "projects"), fields_of(path, "finance")
    assert {name: rule.columns for name, rule in projects.items() if rule.columns} == {
        "name": ("B",), "countries": ("C",), "status": ("D",), "announced": ("F",),
    }  # fmt: skip
    assert (money["amount_usd"].columns, money["date"].columns) == (("E",), ("F",))
    for question in (
        '"B" what the projects',
        '"D" the status',
        '"E" the amount',
        '"F" the date of',
    ):
        assert f"# Check: is {question}" in text


def test_codes_of_countries_are_countries_where_nothing_else_is(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Country code,Donor", "A,KEN,China", "B,GHA,China")
    proposal(path)
    assert fields_of(path, "projects")["countries"].columns == ("Country code",)


def test_the_only_numbers_beside_currencies_are_amounts(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,X,Currency,Lat", "A,1.5,USD,4", "B,20,EUR,5.5")
    assert '# Check: is "X" the amount?' in proposal(path)
    assert "2 finance rows" in check(path)


def test_what_a_record_lacks_although_a_column_looks_so_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Where,Size,Lat", "A,Kenya,5.5,1", "B,Utopia,7,2",
                   "C,Erewhon,8,3")  # fmt: skip
    text = proposal(path)
    assert '# Check: "Where" looks like a country and is left out: too many of its cells' in text
    assert '# Check: no column was recognized as an amount. Is one of these money: "Size"?' in text
