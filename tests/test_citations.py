"""Bibliographies: whatever a source is called, no field of its entry ends early."""

from hypothesis import example, given
from hypothesis import strategies as st

from bricoop.query.citations import SourceEntry
from bricoop.render.citations.bibtex import bibtex

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
