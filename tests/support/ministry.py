"""A source with rows of most nouns, a report of every kind on it, and their loading."""

from bricoop.db.engine import reading
from bricoop.report.kinds import report
from bricoop.report.request import Request
from bricoop.report.sections import Report
from support.command_line import run
from support.standing import Standing

#: The kind of a report, and the names that it is about.
EXAMPLES: tuple[tuple[str, ...], ...] = (
    ("overview",),
    ("country", "Belarus"),
    ("link", "facility"),
    ("project", "Orsha Hub"),
    ("financier", "CDB"),
    ("agreement", "Minsk Pact"),
    ("source", "ministry"),
    ("compare", "Belarus", "Pakistan"),
    ("gaps",),
)
#: CSV files by noun.
FILES = {
    "projects": "id,name,kind,status,countries,links,financiers,started,parent\n"
    "1,Orsha Hub,facility,completed,Belarus; Russia,trade; facility,CDB; Bank of Minsk,2015,\n"
    "2,Orsha Line,railway,implementation,Belarus,facility,CDB,2017-03,1\n",
    "agreements": "name,kind,countries,signed\nMinsk Pact,memorandum,China; Belarus,2014-12\n",
    "statistics": "subject,indicator,value,unit,period,qualifier\n"
    "Belarus,exports to China,1234567.8,USD,2018,nearly\nOrsha Hub,workers,40,people,,\n",
    "findings": "kind,statement,subject\nchallenge,Winters are long.,Belarus\n",
    "locations": "project,name,latitude,longitude,precision\nOrsha Hub,Orsha,54.51,30.42,exact\n",
    "organizations": "name,kind,country\nBank of Minsk,commercial-bank,Belarus\n",
    "finance": "id,project,kind,financier,instrument,amount,currency,amount_usd,date\n"
    "a,Orsha Hub,commitment,CDB,loan,700,CNY,100.25,2015\n"
    "b,Orsha Hub,commitment,Bank of Minsk,loan,,,50,2016\nc,Orsha Line,pledge,CDB,loan,,,9,2017\n",
}
SOURCE_OPTIONS = (
    "--source", "ministry", "--source-title", "Report of *the* <ministry>", "--tier", "1",
    "--authors", "A. Author", "--published", "2020",
)  # fmt: skip


def load_ministry(address: str) -> None:
    """Load all files into a knowledge base."""
    for noun, text in FILES.items():
        loaded = run("--db", address, "load", noun, "-", *SOURCE_OPTIONS, stdin=text)
        assert loaded.exit_code == 0, loaded.stderr


def reports_of(knowledge_base: Standing) -> dict[str, Report]:
    """Return one report of each kind, by the name of the kind."""
    with reading(knowledge_base.engine) as connection:
        return {kind: report(connection, Request(kind, tuple(names))) for kind, *names in EXAMPLES}
