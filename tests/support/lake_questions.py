"""Questions to a lake, and data for them: sources that disagree, and money of every kind."""

from bricoop.query.catalog import NOUNS
from support.command_line import run, undated
from support.every_field import fill
from support.joined import decide, load_sources
from support.loading import Load

#: An umbrella, money that was rolled over, a whole with its part, and an amount of 26 digits.
_STEPS = """\
id,project,kind,financier,instrument,amount,currency,amount_usd,umbrella,adjusted_usd,date
s1,Kuri Facility,commitment,KLH,loan,12345678901234567890.123456,CNY,12345678901.25,yes,,2011
s2,Kuri Grid,commitment,KLH,loan,99999999999999999999,CNY,70.000001,,60.5,2012-05
s3,Kuri Rollover,commitment,KLH,debt-relief,5,USD,5,,,2013
"""
_PARTS = """\
id,name,kind,countries,parent
s1,Kuri Facility,power-plant,Kenya,
s2,Kuri Grid,power-grid,Kenya,s1
s3,Kuri Rollover,debt,Kenya,
"""
QUESTIONS = {
    **{f"query {noun.name}": ("query", noun.name, "-f", "json") for noun in NOUNS},
    "filters": ("query", "projects", "--country", "Kenya", "--link", "facility", "-f", "json"),
    "key": ("query", "projects", "--key", "lake-kuri-road", "-f", "json"),
    "where": ("query", "finance", "--where", "amount_usd >= 90", "--sort", "-amount", "-f", "json"),
    "terms": ("query", "finance", "--where", "interest_rate > 2", "-f", "json"),
    "by term": ("query", "finance", "--sort", "-grant_element", "--limit", "3", "-f", "json"),
    "groups": ("query", "projects", "--group-by", "country,kind", "--subtotals", "-f", "json"),
    "years": ("query", "finance", "--group-by", "country,year", "--measure", "sum:amount_usd",
              "-f", "json"),
    "measures": ("query", "finance", "--group-by", "source,currency", "--measure",
                 "count,sum:amount,mean:amount,median:amount,min:amount,max:amount", "-f", "json"),
    "shares": ("query", "finance", "--group-by", "financier", "--measure", "sum:amount_usd",
               "--share", "-f", "json"),
    **{f"total {rule}": ("total", "--rule", rule, "-f", "json")
       for rule in ("signed", "all", "recommended", "pledged")},
    "total of all": ("total", "--rule", "signed", "--add-sources", "-f", "json"),
    "total in a country": ("total", "--country", "Kenya", "--add-sources"),
    "rows of a step": ("total", "--country", "Kenya", "--list", "everything", "-f", "json"),
    "why": ("why", "atlas", "bulletin", "-f", "json"),
    "differences of status": ("query", "disagreements", "--field", "status", "-f", "json"),
    "differences of money": ("query", "disagreements", "--field", "amount_usd", "-f", "json"),
    "word": ("search", "kuri", "-f", "json"),
    "words": ("search", "len hou", "-f", "json"),
    "phrase": ("search", '"kuri lending" -road', "-f", "json"),
    "Chinese": ("search", "公路", "-f", "json"),
    "misspelt": ("search", "gwadarr"),
    "rows with words": ("query", "projects", "--search", "kuri lending", "-f", "json"),
    "what is unknown": ("query", "projects", "--kind", "port", "--count"),
    **{f"report {words}": ("report", *words.split(" ", 1), "-f", "json") for words in (
        "overview", "gaps", "country Kenya", "link facility", "source atlas")},
    "map": ("query", "projects", "--name", "kuri", "-f", "geojson"),
    "decisions": ("decisions", "list", "-f", "json"),
    "pairs": ("match", "projects", "--all", "-f", "json"),
}  # fmt: skip


def fill_lake(load: Load) -> None:
    """Load sources that disagree, and decide what is one."""
    fill(load)
    load_sources(load)
    load("projects", _PARTS, source="ledger")
    load("finance", _STEPS, source="ledger")
    decide(load)


def ask(address: str, words: tuple[str, ...], *options: str) -> tuple[str, str]:
    """Return the answer to a question and its notes."""
    result = run("--db", address, *options, *words)
    assert result.exit_code == 0, result.stderr
    return undated(result.stdout), result.stderr
