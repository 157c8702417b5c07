"""What `bricoop profiles new` proposes for money: amounts, currencies, terms, years as columns."""

import re
from pathlib import Path

import pytest

from bricoop.ingest.profile.parse import profile_of
from support.proposing import check, check_refusal, fields_of, proposal
from support.text_files import written


def test_units_beside_amounts_are_proposed_with_their_factors(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Id,Name,Value\n1,A,$7.0B\n2,B,$50M\n3,C,$1\n", encoding="utf-8")
    assert 'units = { "B" = 1000000000, "M" = 1000000, "" = 1 }' in proposal(path)
    assert "3 finance rows" in check(path)
    assert profile_of(str(path.with_suffix(".toml"))).styles.numbers.signs == ("$",)


def test_years_as_columns_become_rows_whose_amounts_identify_nothing(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text(
        "Country,Lender,2013,2014,2015\nKenya,CDB,$1m,$2m,\nMali,Exim,$3m,,$4m\n", encoding="utf-8"
    )
    proposal(path)
    profile = profile_of(str(path.with_suffix(".toml")))
    assert profile.unpivot is not None
    assert (profile.unpivot.columns, profile.unpivot.name) == (("2013..2015",), "Year")
    assert [rule.id for rule in profile.records] == [
        ("Country", "Lender"), ("Country", "Lender", "Year"),
    ]  # fmt: skip
    assert "2 projects 4 finance rows" in " ".join(check(path).split())


def test_amounts_of_several_currencies_are_told_by_their_signs(tmp_path: Path) -> None:
    path = tmp_path / "mix.csv"
    path.write_text(
        "No;Project;Millions\n1;Park;US$ 12,5\n2;Zone;€ 1.200,25\n3;Port;7,5 £\n", "utf-8"
    )
    proposal(path)
    assert "3 finance rows" in check(path)
    finance = next(
        record
        for record in profile_of(str(path.with_suffix(".toml"))).records
        if record.noun == "finance"
    )
    currencies = [rule for rule in finance.fields if rule.name == "currency"]
    assert [(rule.constant, dict(rule.when)) for rule in currencies] == [
        ("USD", {"Millions": ("US$*",)}),
        ("EUR", {"Millions": ("€*",)}),
        ("GBP", {"Millions": ("*£",)}),
    ]
    assert fields_of(path, "finance")["amount_usd"].when == {"Millions": ("US$*",)}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("US$ 1,5 € 1,5 7,5", "some amounts have no sign of a currency"),
        ("US$ 1,5 € 1,5 ¥ 7,5", 'it is not known which currency "¥" beside the amounts means'),
        ("$ 1,5 HK$ 3,5 1,5 HK$", '"$" and "hk$" cannot be told apart'),
    ],
)
def test_signs_that_do_not_tell_the_currency_are_left_to_the_user(
    tmp_path: Path, cells: str, reason: str
) -> None:
    path = tmp_path / "mix.csv"
    amounts = re.findall(r"\S+ \d,\d|\d,\d(?: HK\$)?", cells)
    rows = [f"{number};Project {number};{cell}" for number, cell in enumerate(amounts)]
    path.write_text("\n".join(["No;Project;Millions", *rows]), "utf-8")
    assert f"# Check: {reason}. Complete this record" in proposal(path)


def test_dollars_of_a_file_with_currencies_are_nominal_dollars(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("No,Project,Amount,Currency\n1,A,1.5,USD\n2,B,2.5,EUR\n", "utf-8")
    proposal(path)
    dollars = fields_of(path, "finance")["amount_usd"]
    assert (dollars.columns, dollars.when) == (("Amount",), {"Currency": ("USD",)})


TERMS = """No,Title,amount,currency,usd_current,usd_defl_2014,umbrella,interest_rate,Grace Period,flow
1,Port,2000,CNY,300,400,0.0,2.5%,5,Loan
2,Road,,,,,1.0,,,Grant
3,Dam,70,USD,70,80,0.0,1%,3,Loan
"""


def test_dollars_and_terms_of_loans_beside_amounts_are_proposed(tmp_path: Path) -> None:
    path = tmp_path / "gcof.csv"
    path.write_text(TERMS, encoding="utf-8")
    proposal(path)
    assert "2 finance rows" in check(path)
    money = fields_of(path, "finance")
    assert {name: rule.columns for name, rule in money.items() if rule.columns} == {
        "amount": ("amount",), "currency": ("currency",), "amount_usd": ("usd_current",),
        "amount_usd_constant": ("usd_defl_2014",), "umbrella": ("umbrella",),
        "interest_rate": ("interest_rate",), "grace_period": ("Grace Period",),
        "instrument": ("flow",),
    }  # fmt: skip
    assert (money["price_year"].constant, money["price_year"].when) == (
        "2014", {"usd_defl_2014": ("*",)},
    )  # fmt: skip
    assert money["umbrella"].map == {"0.0": "no", "1.0": "yes"}


def test_an_amount_in_words_is_named_and_no_date(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Project,Amount (US$ m),Start date\nPort,2667,June 2015\nRoad,1560,Mar-2016\n"
        "Dam,approx. 331,Q1 2017\n",
        encoding="utf-8",
    )
    text = proposal(path)
    assert (
        '# Check: these are not numbers, and refused until they are corrected: "approx. 331".'
        in text
    )
    assert fields_of(path, "finance")["amount_usd"].columns == ("Amount (US$ m)",)
    assert '"Start date" looks like a date and is left out: "Q1 2017" is not in a known' in text
    path.write_text(path.read_text("utf-8").replace("Q1 2017", "Apr-2017"), encoding="utf-8")
    path.with_suffix(".toml").unlink()
    proposal(path)
    styles = profile_of(str(path.with_suffix(".toml"))).styles
    assert styles.dates == ("%B %Y", "%b-%Y")


@pytest.mark.parametrize(
    "head",
    [
        ["Country,2018,,2019,", ",Loans,Grants,Loans,Grants"],
        ["Country,2018,2018,2019,2019", "Country,Loans,Grants,Loans,Grants"],
        ["Table,,,,", "", ",2018,,2019,", "Country,Loans,Grants,Loans,Grants"],
    ],
)
def test_two_header_rows_are_found_and_their_years_become_rows(
    tmp_path: Path, head: list[str]
) -> None:
    path = tmp_path / "two.csv"
    path.write_text("\n".join([*head, "Kenya,$5m,$6m,$7m,$8m", "Mali,$1m,,$2m,"]), "utf-8")
    rows = "3 and 4" if len(head) > 2 else "1 and 2"
    assert f"# Check: are rows {rows} the header, joined?\nheader_rows = 2\n" in proposal(path)
    assert f"{'header_row = 3' if len(head) > 2 else '[file]'}\n# Check: are rows" in proposal(path)
    profile = profile_of(str(path.with_suffix(".toml")))
    assert profile.unpivot is not None
    assert profile.unpivot.columns == ("2018 Loans", "2018 Grants", "2019 Loans", "2019 Grants")
    instrument = fields_of(path, "finance")["instrument"]
    assert instrument.map["2019 Grants"] == "grant"
    assert "6 finance rows" in check(path)


def test_years_below_their_kinds_are_a_second_header_row(tmp_path: Path) -> None:
    path = written(tmp_path / "two.csv", ",Loans,,Grants,", "Country,2018,2019,2018,2019",
                   "Kenya,$100,$200,$5,$7", "Laos,$101,$202,$7,$9")  # fmt: skip
    assert "header_rows = 2" in proposal(path)
    unpivot = profile_of(str(path.with_suffix(".toml"))).unpivot
    assert unpivot is not None
    assert unpivot.columns == ("Loans 2018", "Loans 2019", "Grants 2018", "Grants 2019")


def test_what_stands_beside_years_is_their_currency_and_factor(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("Project,usd_m_2018,usd_m_2019\nPort,1,2\nRoad,3,\n", encoding="utf-8")
    proposal(path)
    assert "3 finance rows" in check(path)
    money = fields_of(path, "finance")
    assert (money["amount_usd"].multiply, money["currency"].constant) == ("1000000", "USD")
    assert money["date"].delete == ("usd_m_",)
    path.write_text("Project,usd_m_2018,usd_m_2019,usd_k_2018,usd_k_2019\nPort,1,2,3,4\n", "utf-8")
    path.with_suffix(".toml").unlink()
    assert "# Check: nothing says in which currency the amounts are." in proposal(path)


def test_marks_that_only_thousands_have_are_read_as_such(tmp_path: Path) -> None:
    amounts = ["$1,740 ", "$500 ", "$670 ", "$4,200 ", "$12,821 ", "$130 "]
    path = written(tmp_path / "it.csv", "Name,Millions",
                   *(f'P{number},"{amount}"' for number, amount in enumerate(amounts)))  # fmt: skip
    assert '# Check: "1,740" is read as thousands; numbers below 1000 have no mark.' in proposal(
        path
    )
    assert "6 finance rows" in check(path)
    # This cannot be decided if larger numbers have no mark, or if all numbers have one.
    for other in (["1740", "500", "670", "1,740", "4,200", "12,821"], ["1,740", "4,200", "12,821"]):
        rows = (f'P{number},"${amount}"' for number, amount in enumerate(other))
        path = written(tmp_path / "other.csv", "Name,Millions", *rows)
        assert '# Check: "1,740" may be thousands or decimals.' in proposal(path)


def test_who_invests_gives_the_money(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Investor,Value (USD)", "A,One Works,500000",
                   'B,"One Works, Two Works",250000', "C,Two Works,125000")  # fmt: skip
    text = proposal(path)
    assert '# Check: does "One Works, Two Works" name several? Then add separator = ", ",' in text
    money = fields_of(path, "finance")
    assert (money["kind"].constant, money["financier"].columns) == ("investment", ("Investor",))


def test_an_amount_beside_a_word_that_is_no_currency_is_left_out(tmp_path: Path) -> None:
    rows = [f"P{number},{number}00000,CNY,50000" for number in range(10)]
    path = written(tmp_path / "it.csv", "Name,Amount,Currency,USD", *rows, "Q,5,D,7")
    assert (
        '# Check: not known as currencies, so amounts beside them are left out: "D".'
        in proposal(path)
    )
    assert "11 finance rows" in check(path)


@pytest.mark.parametrize(
    ("word", "rule", "is_asked"),
    [
        ("usd", 'currency = "Currency"', False),
        ("RMB", 'currency = { column = "Currency", map = { "RMB" = "CNY" }, unmapped = "keep" }', True),
        ("US$", 'currency = { column = "Currency", map = { "US$" = "USD" }, unmapped = "keep" }', True),
    ],
)  # fmt: skip
def test_currencies_in_small_letters_and_other_words_lose_no_money(
    tmp_path: Path, word: str, rule: str, *, is_asked: bool
) -> None:
    rows = [f"P{number},{number}00000,USD" for number in range(10)]
    path = written(tmp_path / "it.csv", "Name,Amount,Currency", *rows, f"Q,500000,{word}")
    text = proposal(path)
    assert f"\n{rule}\n" in text
    assert ("is this what the words for currencies mean" in text) is is_asked
    dollars = ("US$", "USD") if word == "US$" else ("USD",)
    assert fields_of(path, "finance")["amount_usd"].when == {"Currency": dollars}
    assert "11 finance rows" in check(path)


def test_small_amounts_may_be_millions(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Amount (USD)", "A,5.25", "B,1250")
    assert "# Check: all are small. Are they millions?" in proposal(path)
    path = written(path, "Name,Amount (USD)", "A,5.25", "B,1250000")
    assert "# Check: all are small." not in proposal(path)
    for cells in (('"1,250,000"', '"2,500,000"'), ("1.500.000", "2.500.000"), ("1.5E+8", "2E6")):
        path = written(path, "Name,Amount (USD)", *(f"P,{cell}" for cell in cells))
        assert "# Check: all are small." not in proposal(path)


def test_columns_of_one_name_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Loans", "Country,Bank,Loans,Loans", "Kenya,CDB,$10,$20")
    assert '# Check: several columns are called "Loans". The file is refused' in proposal(path)
    assert "write header_rows = 2 under [file]." in check_refusal(path)


def test_numbers_with_another_decimal_mark_say_so_in_their_field(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name;Amount (EUR m);USD;Interest rate;Lat;Long",
                   "A;1.234,5;1,234,500.5;2.125;45.8;15.975",
                   "B;12,5;13,500.0;1.125;44;20.465")  # fmt: skip
    proposal(path)
    assert "2 finance rows 2 locations" in " ".join(check(path).split())
    money, location = fields_of(path, "finance"), fields_of(path, "locations")
    point = {"decimal": ".", "thousands": ""}
    assert [dict(rule.style) for rule in (money["amount"], money["amount_usd"])] == [
        {}, {"decimal": ".", "thousands": ","},
    ]  # fmt: skip
    assert [dict(rule.style) for rule in (money["interest_rate"], location["longitude"])] == [
        point, point,
    ]  # fmt: skip
