"""Countries by their names in other languages: each name means its own country and no other."""

import pytest

from bricoop.domain.territories import alpha2_of


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("टोगो", "TG"), ("टोंगा", "TO"), ("সিন্ট মার্টেন", "SX"), ("ဂါနာ", "GH"), ("ဂီနီ", "GN"),
        ("សែប៊ី", "RS"), ("ស៊ីប", "CY"), ("ประเทศไทย", None), ("ไทย", "TH"), ("Côte d’Ivoire", "CI"),
        ("Österreich", "AT"), ("Bělorusko", "BY"), ("", None), ("XX", None),
    ],
)  # fmt: skip
def test_a_name_means_its_own_country(name: str, code: str | None) -> None:
    assert alpha2_of(name) == code
