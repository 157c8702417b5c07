"""Invalid profiles are refused cheaply, with an error that names the file and the key."""

from pathlib import Path

import pytest

from bricoop.errors import BricoopError, DataRejectedError, FileUnreadableError, UsageError
from bricoop.ingest.profile.parse import profile_of
from support.command_line import run
from support.proposing import check_refusal

PROFILE = """
title = "Parks"
required = ["No"]

[source]
key = "parks"
title = "List of parks"
tier = 6

[styles]
empty = ["n/a"]

[columns]
Park = ["Name"]

[[records]]
noun = "projects"
id = ["No"]
needs = ["name"]

[records.fields]
key = { template = "park-{No}" }
name = "Park"
countries = { column = "Country", separator = ";", add = ["China"] }
"""
COUNTRIES = '{ column = "Country", separator = ";", add = ["China"] }'


def refusal(tmp_path: Path, text: str | bytes) -> BricoopError:
    """Return the error raised for a profile."""
    path = tmp_path / "parks.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BricoopError) as caught:
        profile_of(str(path))
    assert caught.value.message.startswith("The profile parks.toml")
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('required = ["No"]', 'required = [{ a = "x" }]', "required[1] is a table; it must be text"),
        ('id = ["No"]', 'id = [{ a = "x" }]', "records[1].id[1] is a table; it must be text"),
        ('needs = ["name"]', 'needs = [{ a = "x" }]', "records[1].needs[1] is a table; it must be"),
        ('needs = ["name"]', 'needs = ["nmae"]', "records[1].needs names 'nmae'"),
        ('empty = ["n/a"]', 'empty = [{ a = "x" }]', "styles.empty[1] is a table; it must be text"),
        ('Park = ["Name"]', "Park = [{ x = 1 }]", "columns.Park[1] is a table; it must be text"),
        ('separator = ";"', "when = { B = 5 }", "records[1].fields.countries.when.B is a whole"),
        ("[styles]", "[variants]\nx = 5\n[styles]", "variants.x is a whole number; it must be a t"),
        ('separator = ";"', 'multiply = "abc"', "fields.countries.multiply is 'abc', which is not a"),
        ('separator = ";"', 'multiply = "1,000,000"', "multiply is '1,000,000', which is not a numb"),
        ('separator = ";"', "multiply = 1e400", "fields.countries.multiply has more than 40 digits"),
        ('separator = ";"', "multiply = 0", "fields.countries.multiply is not a factor above 0"),
        ('separator = ";"', "multiply = -1", "fields.countries.multiply is not a factor above 0"),
        ("[styles]", '[file]\nencoding = "unicode_escape"\n[styles]', "no encoding 'unicode_escape'"),
        ("[styles]", '[file]\nencoding = "idna"\n[styles]', "There is no encoding 'idna'"),
        ('separator = ";"', "multiply = nan", "records[1].fields.countries.multiply is not a number"),
        ('separator = ";"', 'separator = ""', "records[1].fields.countries.separator is empty"),
        ('needs = ["name"]', 'separator = ""', "records[1].separator is empty"),
        ('"China"', '"China", ["x"]', "records[1].fields.countries.add[2] is a list; it must be tex"),
        ('"China"', '{ add = ["x"] }', "records[1].fields.countries.add[1] is a table; it must be"),
        ("[styles]", "[file]\nheader_row = 99999999999999999999\n[styles]",
         "file.header_row must be a whole number of at most 1048576"),
        ("[styles]", "[file]\nheader_row = 1.5\n[styles]", "header_row is a number; it must be a whole"),
        ("[styles]", f'[maps]\nx = "{"m" * 5000}"\n[styles]', "maps.x names a table of links that is"),
        ("[styles]", '[maps.kinds]\na = "port"\n[styles]', "maps.kinds is used by no field"),
        ('empty = ["n/a"]', 'empty = [" n/a"]', "styles.empty has ' n/a', and cells are read without"),
        ('separator = ";"', 'map = { " D" = "NAD" }', "countries.map has ' D', and cells are read wi"),
        ('separator = ";"', 'when = { No = "a* " }', "countries.when.No has 'a* ', and cells are read"),
        ("[styles]", '[maps.kinds]\n"a " = "port"\n[styles]', "maps.kinds has 'a ', and cells are"),
        ("[styles]", '[styles]\ndates = ["%Q"]', "styles.dates has '%Q', which is not a pattern"),
        ("[styles]", '[styles]\ndates = ["%Y %Y"]', "styles.dates has '%Y %Y', which is not"),
        ("[styles]", '[styles]\ndates = ["%d.%m."]', "'%d.%m.', a pattern without a year"),
        ("[styles]", '[styles]\ndecimal = ","\nthousands = ","', "styles.thousands is the decimal"),
        ("[styles]", '[styles]\ndecimal = "1"', "styles.decimal is '1', which numbers also contain"),
        ("[styles]", '[styles]\nsigns = [""]', "styles.signs[1] is empty"),
        ("[styles]", "[controls]\nfilled = { Park = inf }\n[styles]", "filled.Park must be a number"),
        ("[styles]", '[controls]\nsums = { "Sum (m)" = 1e400 }\n[styles]', 'sums."Sum (m)" has more'),
        ("{No}", "{No", "records[1].fields.key.template is 'park-{No': expected '}'"),
        ("{No}", "{No:region}", "records[1].fields.key.template is 'park-{No:region}'"),
        ('title = "List of parks"', "title = 2019-03-14", "source.title is a date; it must be text"),
        ("tier = 6", "tier = true", "source.tier is true or false; it must be a whole number"),
        ("tier = 6", "tier = 9", "source.tier must be a whole number of at most 8"),
        ("tier = 6", 'tier = 6\nkind = "bok"', "source.kind is 'bok'. It must be one of: article"),
        ('title = "Parks"', 'title = "Pa\\u0000rks"', "title holds a NUL character"),
        ('title = "Parks"', '"\\u001b[31m" = 1', '"\\u001b[31m" is not a known key'),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in PROFILE
    text = PROFILE.replace('empty = ["n/a"]', "") if new.startswith("[styles]\n") else PROFILE
    error = refusal(tmp_path, text.replace(old, new, 1))
    assert isinstance(error, UsageError)
    assert message in error.message + " " + error.hint
    assert "\x1b" not in str(error)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"x = " + b"[" * 5000, "is nested more than 32 levels deep"),
        (b"x = " + b"{a=" * 5000, "is nested more than 32 levels deep"),
        (b"a." * 5000 + b"a = 1", "has a key of more than 32 parts"),
        (b"[" + b"a." * 5000 + b"a]", "has a key of more than 32 parts"),
        (b'["' + b'a"."' * 5000 + b'a"]', "has a key of more than 32 parts"),
        (b"x = 1" + b"0" * 5000, "has a number that is out of range"),
        (b"x = 1e99999999999999999999", "has a number that is out of range"),
        (b"#" * (1024**2 + 1), "is larger than 1 MiB"),
        (b'title = "a"\nabout = "\xff"', "is not UTF-8 text: see line 2"),
        (b"\xff\xfet\x00", "is not UTF-8 text"),
        (b'title = "Parks', "is not valid TOML: Unterminated string"),
        (b"title = '''" + b"[" * 500, "is nested more than"),
    ],
)
def test_what_costs_much_is_refused_before_it_is_read(
    tmp_path: Path, text: bytes, message: str
) -> None:
    error = refusal(tmp_path, text)
    assert isinstance(error, FileUnreadableError)
    assert message in error.message


def test_brackets_and_dots_within_texts_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "parks.toml"
    hard = "[" * 50 + "a." * 50
    about = f"about = '''{hard}'''  # {hard}\n\"title\" = \"{hard}\\\"{hard}\"\n"
    path.write_text(PROFILE.replace('title = "Parks"\n', about), encoding="utf-8")
    assert profile_of(str(path)).about == hard


def test_numbers_of_a_profile_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "parks.toml"
    rule = '{ column = "Land", number = true, multiply = 1000000.0000000000000000001 }'
    text = PROFILE.replace(COUNTRIES, rule) + "[controls.sums]\nLand = 12345678901234567890.05\n"
    path.write_text(text, encoding="utf-8")
    profile = profile_of(str(path))
    assert profile.records[0].fields[2].multiply == "1000000.0000000000000000001"
    assert profile.controls.sums == {"Land": "12345678901234567890.05"}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('countries = { constant = "Atlantis" }', "countries.constant is 'Atlantis', which is no"),
        (
            'announced = { constant = "1.2.2019" }',
            "announced.constant is '1.2.2019', which is not a ",
        ),
        ('links = { add = ["roads"] }', "links.add is 'roads', which is not a known link"),
    ],
)
def test_a_constant_that_no_row_could_have_is_refused_once(
    tmp_path: Path, rule: str, message: str
) -> None:
    profile, data = tmp_path / "parks.toml", tmp_path / "parks.csv"
    profile.write_text(PROFILE.replace(f"countries = {COUNTRIES}", rule), encoding="utf-8")
    data.write_text("No,Name\n1,Orsha\n2,Suez\n", encoding="utf-8")
    refused = check_refusal(data, profile, UsageError)
    assert refused.count(message) == 1
    assert "The profile parks: records[1].fields." in refused


def test_lists_in_columns_that_a_file_lacks_are_refused_by_name(tmp_path: Path) -> None:
    profile, data = tmp_path / "parks.toml", tmp_path / "parks.csv"
    profile.write_text(PROFILE.replace('needs = ["name"]', 'each = ["NOPE"]'), encoding="utf-8")
    data.write_text("No,Name,Country\n1,Orsha,Belarus\n", encoding="utf-8")
    refused = check_refusal(data, profile, DataRejectedError)
    assert "lacks columns that the layout parks needs: NOPE" in refused


def test_a_map_is_a_file_beside_the_profile(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text("root:x:0:0:hunter2\n", encoding="utf-8")
    (folder / "link.csv").symlink_to(secret)
    (folder / "notes.txt").write_text("hunter2\n", encoding="utf-8")
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    for named in (
        str(secret),
        "../secret.csv",
        "link.csv",
        "notes.txt",
        "circle.csv",
        "a\\u0007.csv",
    ):
        error = refusal(folder, PROFILE.replace("[styles]", f'[maps]\nx = "{named}"\n[styles]'))
        assert (
            "maps.x names a table of links that is not in the folder of the profile"
            in error.message
        )
        assert "hunter2" not in str(error)
        assert "\x07" not in str(error)
    (folder / "own.csv").write_text('code,link\n"\x1b[31m' + "x" * 500 + '",\n', encoding="utf-8")
    path = folder / "parks.toml"
    path.write_text(
        PROFILE.replace("[styles]", '[maps]\nx = "own.csv"\n[styles]'), encoding="utf-8"
    )
    with pytest.raises(UsageError) as caught:
        profile_of(str(path))
    assert "The table of links own.csv, line 2, code: '\\\\u001b[31mxxx" in caught.value.message
    assert len(caught.value.message) < 250


def test_a_profile_is_shown_without_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "parks.toml"
    evil = "\\u001b[31m\\u202e\\u0007"
    text = PROFILE
    for old in ('"Parks"', '"List of parks"', '"n/a"', '"Name"', '"Park"', '"China"', '";"'):
        text = text.replace(old, f"{old[:-1]}{evil}{old[-1]}")
    text = text.replace('title = "Parks', f'about = "one{evil}\\n\\ntwo"\ntitle = "Parks', 1)
    text += f'announced = {{ column = "A{evil}", when = {{ "B{evil}" = "C{evil}" }} }}\n'
    text += f'[variants."v{evil}"]\n'
    path.write_text(text, encoding="utf-8")
    result = run("profiles", "show", str(path))
    assert result.exit_code == 0, result.stderr
    assert "one\\u001b[31m\\u202e\\u0007 two" in result.stdout
    assert result.stdout.count("\\u202e") > 8
    assert not set(result.stdout) & set("\x1b\u202e\x07")
