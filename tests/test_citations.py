"""Bibliographies: whatever a source is called, no field of its entry ends early."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bricoop.domain.authors import Author, authors_in
from bricoop.errors import UsageError
from bricoop.ingest.sources import SourceSpec, check_source
from bricoop.query.entity.citations import SourceEntry
from bricoop.render.citations.bibtex import bibtex
from bricoop.render.citations.csl import csl_json
from bricoop.render.citations.ris import ris

TEXT = st.text('ab \\\\{{}}",=@%#$&_^~\n\u202eé中', max_size=30)


def fields_of(entry: str) -> dict[str, str]:
    """Read the fields of an entry as BibTeX does: by counting braces, also behind a backslash."""
    assert entry.startswith("@")
    at = entry.index(",") + 1
    fields: dict[str, str] = {}
    while entry[at:].strip() != "}":
        equals = entry.index("=", at)
        name = entry[at:equals].strip()
        begin = entry.index("{", equals)
        assert not entry[equals + 1 : begin].strip()
        depth, at = 1, begin + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(entry[at], 0)
            at += 1
        fields[name] = entry[begin + 1 : at - 1]
        assert entry[at] == ","
        at += 1
    return fields


@given(texts=st.lists(TEXT, min_size=5, max_size=5), url=TEXT)
@example(texts=['A }}, note = "injected"', "}", "{", "\\\\}", "\\\\"], url="https://a.b/}}")
def test_no_text_ends_a_field_of_bibtex(texts: list[str], url: str) -> None:
    title, authors, publisher, licence, note = texts
    source = SourceEntry(
        "notes", title, "report", 5, authors, publisher, "2019-03", url, licence, note
    )
    (entry,) = bibtex([source])
    fields = fields_of(entry)
    optional = {"author": authors, "institution": publisher, "url": url}
    expected = {"title", "year", "date", "note"} | {name for name, text in optional.items() if text}
    assert fields.keys() == expected
    assert fields["year"] == "2019"


def test_braces_of_a_title_are_printed() -> None:
    source = SourceEntry("notes", 'A }}, note = "x"', "report", 5, None, None, None, None, None, "")
    (entry,) = bibtex([source])
    assert fields_of(entry)["title"] == (r'{A \textbraceright{}\textbraceright{}, note = "x"}')


PERSONS = [
    "Press, Frank",
    "Bank, Sarah",
    "Tan, S.A.",
    "Brown, SE",
    "van der Berg, Jan",
    "Barré, Émile",
]
OTHERS = [
    "Ministère des Finances, Kenya", "Foo, Limited", "Example Motors, S.A.", "Universität Wien, Wien",
    "Kenya, Ministry of Finance", "Banco do Brasil, Brasília", "Example Works, Pty Ltd",
]  # fmt: skip


def test_persons_and_institutions_are_told_apart() -> None:
    for name in PERSONS:
        assert [", ".join(author) for author in authors_in(name)] == [name]
    assert authors_in("\uff1b".join(OTHERS)) == [Author(name) for name in OTHERS]
    assert authors_in("King, Martin Luther, Jr.") == [Author("King", "Martin Luther Jr.")]


def test_several_authors_are_told_apart_in_each_format() -> None:
    authors = "Li, Wei; van der Berg, J. H.; Ministry of Commerce, China; Office #7"
    source = SourceEntry("notes", "T", "report", 5, authors, None, None, None, None, None)
    assert fields_of("".join(bibtex([source])).strip())["author"] == (
        r"Li, Wei and van der Berg, J. H. and {Ministry of Commerce, China} and {Office \#7}"
    )
    named = [line[6:] for line in "".join(ris([source])).splitlines() if line[:2] == "AU"]
    assert named == [name.strip() for name in authors.split(";")]
    (item,) = json.loads("".join(csl_json([source])))
    assert item["author"] == [
        {"family": "Li", "given": "Wei"},
        {"family": "van der Berg", "given": "J. H."},
        {"literal": "Ministry of Commerce, China"},
        {"literal": "Office #7"},
    ]


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ({"url": "not a url"}, "The URL of the source, 'not a url', is not a web address."),
        ({"language": "english"}, "The language of the source, 'english', is not a language code"),
    ],
)
def test_a_source_is_refused_whose_address_or_language_is_none(
    description: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UsageError) as refused:
        check_source(SourceSpec("notes", title="Notes", tier=5, **description))
    assert sentence in refused.value.message
