"""A knowledge base in which every field of every noun has a value somewhere."""

from support.loading import Load

PROJECTS = (
    "id,name,kind,status,countries,links,financiers,sector,announced,started,completed,description,capacity,capacity_unit\n"
    '1,"Alpha, north",port,pledged,Kenya; Mali; Kenya,trade; facility,CDB; Bank of Minsk,21040,2009,2010,,"""A""",1320.5,MW\n'
    "2,Beta,,completed,Africa; Mali,facility,,,,2012,2015,,,\n"
    "3,Gamma,railway,,,,ICBC; CDB,,,,2013-05,,,\n4,Delta,,,,,,,,,,,,\n"
)
MORE_PROJECTS = (
    "id,name,countries,links,financiers\n"
    "7,Gamma,Togo; Chad,people; policy,Silk Road Fund; ICBC\n8,Beta,Chad,,Bank of Minsk\n"
)
FINANCE = (
    "project,kind,financier,instrument,amount,currency,amount_usd,amount_usd_constant,price_year,"
    "date,estimated,counted,umbrella,adjusted_amount,adjusted_usd,adjusted_usd_constant,maturity,grace_period,interest_rate,grant_element,collateral,note,url\n"
    "Gwadar,pledge,CHEXIM,export-credit,5.10,CNY,0.81,0.900001,2021,2012,yes,no,yes,5,0.5,0.25,15,4.5,2.05,"
    "33.333333,Escrow,Signed later,https://example.org/1\n"
    'Alpha north,commitment,ICBC,,40000000000.07,USD,40000000000.07,,,2020-02-03,,,no,,,,,,,,"a; b",,\n'
    "Alpha north,commitment,CDB,,,,123456789012.345678,,,2020-02-03,,,,,,,,,,,,,\n"
    "Gamma,commitment,Silk Road Fund,,1234567890123456789.5,CNY,,,,,,,,,,,,,,,,,\nBeta,pledge,,,,,,,,,,,,,,,,,,,,,\n"
)

DECISIONS = (
    "id,left,right,relation,reviewer,decided_at,why,score,features,left_seen,right_seen,replaces\n"
    "1,mine/projects/1,mine/projects/3,different,me,2026-11-30,Two ports,-1.25,year -1,A,B,0\n"
)


def fill(load: Load) -> None:
    """Load files of all nouns; amounts have up to 19 digits, and sources disagree."""
    described = dict.fromkeys(("authors", "publisher", "edition", "licence", "language"), "en")
    described |= {"url": "https://example.org/a", "archived_url": "https://example.org/b"}
    load("projects", PROJECTS, source="mine", published="2020", note="N", **described)
    load("finance", FINANCE, source="mine")
    load("finance", "id,project,kind,financier\n2,Gamma,pledge,CDB; ICBC\n", source="joint")
    load(
        "locations",
        "project,name,latitude,longitude,precision\nGwadar,Harbour,25.11,62.33,exact\n"
        "Gamma,,-1.286389,36.817223,adm2\n",
        source="mine",
    )
    load("policies", "name,countries,issuers\nVision 2030,Kenya; Africa,CDB; ICBC\n", source="mine")
    load(
        "agreements",
        "name,countries,organizations,signed,in_force,ended\n"
        "Loan to Kenya,Kenya; Africa,ICBC; CDB,2014-05,2015,2020-01-01\n",
        source="mine",
    )
    load(
        "statistics",
        "subject,indicator,value,unit,price_base,period,note\nKenya,track laid,472.5,km,,2017,Long\n"
        "Kenya,debt,6e12,CNY,constant-2021,2013..2018,\n",
        source="mine",
    )
    load("findings", "kind,statement,subject\nchallenge,Debt grew.,Kenya\n", source="mine")
    load("projects", MORE_PROJECTS, source="another")
    # A source of a better tier contradicts the project.
    load("projects", "name,kind\nGwadar,railway\n", source="better", tier=1)
    money = "project,kind,amount_usd\nGwadar,pledge,0.25\nAlpha north,commitment,1\n"
    load("finance", money, source="better", tier=1)
