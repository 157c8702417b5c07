"""Tests of country names in other languages: each name maps to its country only."""

import csv
import runpy
from pathlib import Path

import pytest

from bricoop.domain.country_names import _FORMS, alpha2_of, words_of_country

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("टोगो", "TG"), ("टोंगा", "TO"), ("সিন্ট মার্টেন", "SX"), ("ဂါနာ", "GH"), ("ဂီနီ", "GN"),
        ("សែប៊ី", "RS"), ("ស៊ីប", "CY"), ("ประเทศไทย", None), ("ไทย", "TH"), ("Côte d’Ivoire", "CI"),
        ("Österreich", "AT"), ("Bělorusko", "BY"), ("", None), ("XX", None),
        ("Unknown region", None), ("Pseudo-Accents", None), ("Kosovo", "XK"),
        ("European Union", None), ("United Nations", None),
    ],
)  # fmt: skip
def test_a_name_means_its_own_country(name: str, code: str | None) -> None:
    assert alpha2_of(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Congo, Republic of the", "CG"), ("Congo, Republic of", "CG"), ("刚果布", "CG"),
        ("Congo, Democratic Republic of", "CD"), ("刚果金", "CD"), ("RDC", "CD"),
        ("Palestinian Adm. Areas", "PS"), ("香港", "HK"), ("马其顿", "MK"), ("FYROM", "MK"),
        ("Slovak Rep.", "SK"), ("Micronesia (Federated States)", "FM"), ("Czech", "CZ"),
        ("Dem. People's Rep. of Korea", "KP"), ("Korea, Rep.", "KR"), ("Kenya, Republic of", "KE"),
        ("Tanzania, United Rep. of", "TZ"), ("China, People's Republic of", "CN"),
        ("Republic of China", None), ("State of Georgia", None), ("Republic", None),
        ("Democratic Republic", None), ("Virgin Islands", None), ("Kingdom", None),
        ("The Gambia", "GM"), ("The", None), ("The Congo", "CG"),
    ],
)  # fmt: skip
def test_names_are_known_turned_round_and_abbreviated(name: str, code: str | None) -> None:
    assert alpha2_of(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("République démocratique du Congo", "CD"), ("République du Congo", "CG"),
        ("Demokratische Republik Kongo", "CD"), ("Republik Kongo", "CG"),
        ("République du Sénégal", "SN"), ("Royaume du Maroc", "MA"), ("República del Perú", "PE"),
        ("Republik Korea", "KR"), ("Volksrepublik China", "CN"), ("Republik China", None),
        ("Российская Федерация", "RU"), ("République de Guinée", "GN"),
        ("République de Guinée-Bissau", "GW"), ("République", None), ("du Congo", None),
    ],
)  # fmt: skip
def test_formal_names_are_known_in_other_languages(name: str, code: str | None) -> None:
    assert alpha2_of(name) == code


@pytest.mark.parametrize(
    "names",
    [
        "Sudan, South Sudan", "Congo, Rep.; Congo, Dem. Rep.", "Guinea and Equatorial Guinea",
        "Guinea; Guinea-Bissau", "Samoa / American Samoa", "Korea, Rep.; Korea, Dem. People's Rep.",
    ],
)  # fmt: skip
def test_two_countries_with_a_word_in_common_are_not_one(names: str) -> None:
    assert alpha2_of(names) is None


@pytest.mark.parametrize("column", ["alpha2", "alpha3"])
def test_a_code_means_its_country_whatever_names_are_written_so(column: str) -> None:
    with (ROOT / "seeds" / "iso-3166" / "countries.csv").open(encoding="utf-8") as stream:
        rows = {row[column]: row["alpha2"] for row in csv.DictReader(stream)}
    assert {code: alpha2_of(code) for code in rows} == rows
    assert {code: alpha2_of(code.lower()) for code in rows} == rows
    assert [alpha2_of(name) for name in ("Áo", "Bỉ", "ZZ", "SUN")] == ["AT", "BE", None, None]


def test_the_files_are_those_of_unicode_s_data() -> None:
    script = runpy.run_path(str(ROOT / "tools" / "country_names.py"))
    stored = {
        name: _rows(script["DOMAIN"] / f"country_{name}.csv")
        for name in ("names", "codes", "languages")
    }
    advice = "run: python tools/country_names.py"
    assert stored["names"] == [*script["names"]().items()], advice
    assert stored["codes"] == [*script["codes"]().items()], advice
    assert stored["languages"] == [*script["names_by_language"]()], advice
    assert {language for language, _, _ in stored["languages"]} == set(_FORMS)


def test_the_licence_of_unicode_s_data_comes_with_them() -> None:
    licence = (ROOT / "src" / "bricoop" / "domain" / "LICENSE.unicode").read_text(encoding="utf-8")
    assert licence.startswith("UNICODE LICENSE V3")
    assert "Unicode, Inc." in licence


def _rows(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [tuple(row) for row in csv.reader(stream)][1:]


def test_the_words_of_a_country_are_those_of_its_names_alone() -> None:
    words = words_of_country("CI")
    assert {"cote", "ivoire", "ivory", "coast"} <= words
    assert not words & {"the", "d", "kenya"}
    assert words_of_country("XX") == frozenset()
