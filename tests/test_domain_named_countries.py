"""Countries that a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.named_countries import named_countries
from bricoop.domain.tokenizer import words_of


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kenyan Ministry of Finance", ["KE"]),
        ("Government of the Democratic Republic of the Congo", ["CD"]),
        ("Government of Republic of Congo", ["CG"]),
        ("South Sudan and Sudanese police", ["SS", "SD"]),
        ("Equatorial Guinea, Guinea-Bissau, Republic of Guinea", ["GQ", "GW", "GN"]),
        ("Nigerian, Nigerien and of Niger", ["NG", "NE", "NE"]),
        ("Banque tunisienne, Ministère (Côte d'Ivoire)", ["TN", "CI"]),
        ("São Tomé and Príncipe National Assembly", ["ST"]),
        ("Chinese, China, the People's Republic of China", ["CN", "CN", "CN"]),
        ("Moroccan, Ivorian, Mozambican, Malagasy", ["MA", "CI", "MZ", "MG"]),
        ("Ghanaian Malian Togolese Zimbabwean Ethiopian", ["GH", "ML", "TG", "ZW", "ET"]),
    ],
)
def test_names_and_adjectives_of_countries_are_found(text: str, codes: list[str]) -> None:
    assert [country.alpha2 for country in named_countries(words_of(text))] == codes


@pytest.mark.parametrize(
    "text", ["Chinalco", "Congo", "Congolese", "Korea", "Island Bank", "Africa", "in CI", "", "Man"]
)
def test_words_of_no_single_country_name_none(text: str) -> None:
    assert named_countries(words_of(text)) == []


@given(st.lists(st.sampled_from(["republic", "of", "congo", "south", "sudan", "lake", "the"])))
def test_countries_do_not_overlap(words: list[str]) -> None:
    ends = 0
    for country in named_countries(words):
        assert ends <= country.start < country.end <= len(words)
        ends = country.end
