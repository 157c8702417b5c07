"""What `bricoop profiles new` proposes for files whose headings and cells are not English."""

from enum import StrEnum
from pathlib import Path

import pytest

from bricoop.domain import vocabularies
from bricoop.domain.vocabularies import Instrument, ProjectKind, ProjectStatus
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.heading_translations import meanings
from bricoop.ingest.profile.headings import heading_words, headings_of
from bricoop.ingest.profile.vocabulary import code_of
from support.proposing import check, fields_of, proposal
from support.text_files import written

TABLES = {
    "French": ("Réf;Projet;Pays;Bailleur;Montant (millions USD);Date de signature;État",
               "1;Port de Dakar;Sénégal;Exim Bank;100;2015-03-01;Achevée",
               "2;Route du sud;Côte d’Ivoire;CDB;50;2016-04-01;En cours"),
    "German": ("Nr;Projektname;Land;Kreditgeber;Betrag (Mio. USD);Unterzeichnungsdatum;Stand",
               "1;Hafen Piräus;Griechenland;Exim Bank;100;2015-03-01;Abgeschlossen",
               "2;Brücke;Serbien;CDB;50;2016-04-01;Im Bau"),
    "Spanish": ("Código;Nombre del proyecto;País;Prestamista;Monto (millones USD);Fecha de firma;Estado",
                "1;Presa;Ecuador;Exim Bank;100;2015-03-01;Terminada",
                "2;Puente;Perú;CDB;50;2016-04-01;En ejecución"),
    "Portuguese": ("Código;Projeto;País;Financiador;Valor (milhões USD);Data de assinatura;Situação",
                   "1;Usina;Brasil;Exim Bank;100;2015-03-01;Concluídas",
                   "2;Ponte;Moçambique;CDB;50;2016-04-01;Em andamento"),
    "Chinese": ("序号;项目名称;国别;贷款方;金额\uff08百万美元\uff09;签约时间;项目进展",
                "1;蒙内铁路;肯尼亚;进出口银行;100;2015-03-01;已完工",
                "2;雅万高铁;印度尼西亚;国家开发银行;50;2016-04-01;在建"),
}  # fmt: skip


@pytest.mark.parametrize("language", TABLES)
def test_headings_and_states_are_known_in_several_languages(tmp_path: Path, language: str) -> None:
    path = written(tmp_path / "it.csv", *TABLES[language])
    assert "Not assigned" not in proposal(path)
    assert "2 projects 2 finance rows" in " ".join(check(path).split())
    of, name, country, lender, amount, signed, state = TABLES[language][0].split(";")
    projects, money = fields_of(path, "projects"), fields_of(path, "finance")
    assert {field: projects[field].columns for field in projects} == {
        "key": (), "name": (name,), "countries": (country,), "financiers": (lender,),
        "announced": (signed,), "status": (state,),
    }  # fmt: skip
    assert projects["key"].templates == (f"it-{{{of}}}",)
    assert [*projects["status"].map.values()] == ["completed", "implementation"]
    assert (money["amount_usd"].columns, money["amount_usd"].multiply) == ((amount,), "1000000")
    assert (money["financier"].columns, money["date"].columns) == ((lender,), (signed,))


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Bailleur de fonds", "lender"), ("Investor", "investor"), ("投资方", "investor"),
        ("ProjectName", "project name"), ("islands", "islands"), ("Country", "country"),
        ("Enddatum", "end date"), ("Taux d'intérêt", "interest rate"), ("Страна", "country"),
    ],
)  # fmt: skip
def test_headings_are_compared_as_english_words(heading: str, words: str) -> None:
    assert heading_words(heading) == words


@pytest.mark.parametrize(
    ("heading", "currency", "factor"),
    [
        ("Montant (milliards d'euros)", "EUR", "1000000000"), ("金额 (百万美元)", "USD", "1000000"),
        ("Monto (mil millones de dólares)", "USD", "1000000000"), ("金额(十亿元)", "CNY", "1000000000"),
        ("Betrag (Mrd. USD)", "USD", "1000000000"), ("Valor (R$ milhões)", "BRL", "1000000"),
        ("金额 (万元)", "CNY", "10000"), ("Number of tournaments", "", ""),
        ("金额 (千亿元)", "CNY", "100000000000"), ("金额 (百亿元)", "CNY", "10000000000"),
        ("金额 (十万元)", "CNY", "100000"), ("金额 (万亿美元)", "USD", "1000000000000"), ("万象", "", ""),
        ("Betrag (Tsd. EUR)", "EUR", "1000"), ("USD (000s)", "USD", "1000"),
        ("USD '000", "USD", "1000"), ("USD 000,000", "USD", "1000000"), ("Over 10,000", "", ""),
    ],
)  # fmt: skip
def test_headings_name_a_factor_and_a_currency(heading: str, currency: str, factor: str) -> None:
    assert (guesses.currency_in(heading), guesses.factor_in(heading)) == (currency, factor)


def test_english_headings_are_not_taken_for_foreign_ones() -> None:
    english = ["Fin Year", "Land area", "Lien", "Engagement", "Amount", "Region", "Document"]
    assert list(headings_of(english).values()) == [name.lower() for name in english]
    assert headings_of(["Projekt", "Land"])["Land"] == "country"


@pytest.mark.parametrize(
    ("word", "vocabulary", "code"),
    [
        ("Press", ProjectKind, ""), ("Min", ProjectKind, ""), ("Livres", ProjectStatus, ""),
        ("Done", Instrument, ""), ("Mines", ProjectKind, "mine"), ("Roads", ProjectKind, "road"),
        ("Presa", ProjectKind, "power-plant"), ("Terminadas", ProjectStatus, "completed"),
    ],
)  # fmt: skip
def test_endings_are_taken_off_long_words_only(
    word: str, vocabulary: type[StrEnum], code: str
) -> None:
    assert code_of(word, vocabulary) == code


def test_words_of_cells_mean_codes_that_there_are() -> None:
    for name, codes in meanings().items():
        assert {*codes.values()} <= {code.value for code in getattr(vocabularies, name)}
