"""Two invented lists of the same loans, and a third one, with decisions on which are the same."""

from support.loading import Load

LEFT, RIGHT = "loans", "news"
PROJECTS = "id,name,countries,status\n"
MONEY = "id,project,kind,instrument,amount_usd,adjusted_usd,date,counted,umbrella\n"
#: Per row: id, name, kind, instrument, amount, adjusted amount, date, counted and umbrella.
ROWS = {
    LEFT: """\
L1,Kuriba Railway,commitment,loan,100,,2012,,
L2,Mabo Harbour,commitment,loan,20,,2014,,
L3,Tolo Dam,commitment,loan,50,,2012,,
L4,Sanu Bridge,commitment,loan,7,,2011,,
L5,Unknown,commitment,loan,3,,2012,,
L6,Zembe Cement Works,commitment,loan,40,,2013,,
L7,Ribo Highway,commitment,loan,300,,2011,,
L8,Pela Stadium,commitment,grant,60,,2012,,
L9,Dago Hospital,commitment,loan,10,,2010,,
L10,Wanu Grid,commitment,grant,90,,2012,,
L14,Hilo Airport,commitment,loan,31,,2013,,
L15,Sefu Refinery,commitment,loan,17,,2012,,
L16,Omba Credit,commitment,loan,80,,2012,,
L17,Yaro Pipeline,commitment,loan,5.5,,2009,,
""",
    RIGHT: """\
N1,Rail line of Kuriba,commitment,loan,90.50,,2012,yes,
N2,Port at Mabo,commitment,loan,21,,2015,yes,
N3,Dam on the Tolo,pledge,loan,55,,2012,no,
N4,Sanu river crossing,commitment,loan,,,2011,yes,
N6,Zembe Cement Plant,commitment,loan,41,,2013,yes,
N7,Ribo motorway east,commitment,loan,120,,2011,yes,
N7b,Ribo motorway west,commitment,loan,150.25,,2012,yes,
N8,Arena at Pela,commitment,grant,61,,2012,yes,
N8b,Pela sports arena,commitment,grant,59,,2012,yes,
N9,Clinic of Dago,commitment,loan,12,,2010,yes,
N10,Wanu lines north,commitment,grant,50,,2012,yes,
N10b,Wanu lines south,commitment,grant,45,,2012,yes,
N11,Oku Water Works,commitment,loan,8,,2012,no,
N12,Lira Framework,commitment,loan,500,,2012,no,yes
N13,Buro Quarry,commitment,loan,13,,2012,yes,
N14,Hilo airfield,commitment,loan,33,,2013,yes,
N15,Sefu Refinery Plant,commitment,loan,17,,2012,yes,
N16,Omba line of credit,commitment,loan,80,30,2012,yes,
N17,Pipeline of Yaro,commitment,loan,6,,2010,yes,
""",
    "press": "P9,Dago infirmary,commitment,loan,11,,2010,,\n",
}
TIERS = {LEFT: 5, RIGHT: 6, "press": 7}
#: `L1` is short for `loans/finance/L1`, `:L1` for `loans/projects/L1`.
DECISIONS = (
    "L1 same-deal N1", "L2 same-deal N2", "L3 same-deal N3", "L4 same-deal N4",
    "N7 part-of L7", ":N7b phase-of :L7", "N8 same-deal L8", "N8b same-deal N8",
    "L9 same-deal P9", "P9 same-deal N9", "L10 same-deal N10", "N10b same-deal L10",
    ":L14 same-project :N14", ":L15 different :N15", "L16 same-deal N16", "N17 same-deal L17",
)  # fmt: skip
_SOURCES = {"L": LEFT, "N": RIGHT, "P": "press"}


def reference(short: str) -> str:
    """Return a reference of its short form."""
    noun, number = ("projects", short[1:]) if short.startswith(":") else ("finance", short)
    return f"{_SOURCES[number[0]]}/{noun}/{number}"


def decisions(texts: tuple[str, ...] = DECISIONS) -> str:
    """Return decisions as a load file."""
    lines = ["left,right,relation,reviewer,decided_at"]
    for text in texts:
        first, relation, second = text.split()
        refs = (reference(first), reference(second))
        lines.append(f"{','.join(refs)},{relation},me,2026-11-01")
    return "\n".join(lines) + "\n"


def load_lists(load: Load) -> None:
    """Load the three lists, each with its projects, and the decisions."""
    for source, rows in ROWS.items():
        names = [row.split(",")[:2] for row in rows.splitlines()]
        status = {"Buro Quarry": "committed"}
        projects = "".join(
            f"{number},{name},Kenya,{status.get(name, 'completed')}\n" for number, name in names
        )
        load("projects", PROJECTS + projects, source=source, tier=TIERS[source])
        load("finance", MONEY + rows, source=source, tier=TIERS[source])
    load("decisions", decisions(), source="me")
