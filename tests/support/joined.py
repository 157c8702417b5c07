"""Three sources that describe one road and name one bank differently, and decisions on them."""

from support.loading import Load

_HEAD = "id,name,kind,status,countries,started,capacity,capacity_unit,financiers,links,parent"
_MONEY = "id,project,kind,financier,instrument,amount,currency,amount_usd,date\n"
_PLACES = "project,name,latitude,longitude,precision\n"
#: Source, noun and text of each file. In `census`, a part names its whole by key, elsewhere by id.
FILES: tuple[tuple[str, str, str], ...] = (
    ("atlas", "projects", (
        f"{_HEAD},aliases\n"
        "1,Lake Kuri Road,road,completed,Kenya,2012,,,Kuri Lending House,facility; trade,,KLR\n"
        "2,Kuri Bridges,bridge,,Kenya,2013,,,,,1,\n"
    )),
    ("bulletin", "projects", (
        f"{_HEAD},description\n"
        "b1,Road to Lake Kuri,,implementation,Kenya; Uganda,2011,,,KLH,,,Two lanes\n"
        "b2,Kuri Toll Booths,facility,,Kenya,2014,,,,,b1,\n"
    )),
    ("census", "projects", (
        f"{_HEAD}\n"
        "c1,Kuri Highway,corridor,completed,Kenya,2011,120,km,,trade,\n"
        "c2,Kuri Signs,supplies,,Kenya,2015,,,,,kuri-highway\n"
    )),
    ("atlas", "finance", (
        f"{_MONEY}"
        "1,Lake Kuri Road,commitment,Kuri Lending House,loan,100,USD,100,2012\n"
    )),
    ("bulletin", "finance", f"{_MONEY}b1,Road to Lake Kuri,commitment,KLH,loan,90,USD,90,2011\n"),
    ("census", "finance", (
        f"{_MONEY}c1,Kuri Highway,commitment,,grant,5,USD,5,2013\n"
        "c9,Kuri Highway,pledge,KLH,loan,7,USD,7,2014\n"
    )),
    ("atlas", "locations", f"{_PLACES}Lake Kuri Road,Kuri Town,-1.2,36.8,exact\n"),
    ("census", "locations", f"{_PLACES}Kuri Highway,Lake Kuri,-1.3,36.9,near\n"),
    ("bulletin", "participations",
     "project,organization,role\nRoad to Lake Kuri,Kuri Builders,contractor\n"),
    ("census", "statistics",
     "subject,indicator,value,unit,period\nKuri Highway,length,118,km,2015\n"),
    ("census", "findings",
     "kind,link,statement,subject\nchallenge,facility,Floods close it.,Kuri Highway\n"),
    ("census", "names", "subject,name,kind,language\nKuri Highway,库里公路,translation,zh\n"),
    ("atlas", "organizations", "name,kind,country\nKuri Lending House,commercial-bank,Kenya\n"),
    ("bulletin", "agreements", "name,countries,organizations,signed\nKuri Loan,Kenya,KLH,2011\n"),
)  # fmt: skip
TIERS = {"atlas": 5, "bulletin": 4, "census": 6}
DECISIONS = """\
left,right,relation,reviewer,decided_at,why
atlas/projects/1,bulletin/projects/b1,same-project,Ann,2026-11-01,Same lake and year
census/projects/c1,atlas/projects/1,same-project,Ben,2026-11-02,
organization:Kuri Lending House,organization:KLH,same,Ann,2026-11-03,Its own website
"""


def load_sources(load: Load) -> None:
    """Load what the three sources state."""
    for source, noun, text in FILES:
        load(noun, text, source=source, tier=TIERS[source])


def decide(load: Load) -> int:
    """Load the decisions that the three roads are one and that the bank has two names."""
    load_id = load("decisions", DECISIONS, source="desk", tier=6).load_id
    assert load_id is not None
    return load_id
