"""The blocks of the data form of each report on the ministry, with their field names."""

from typing import Any

COUNTED = ["table: step title rows without_amount amount"]
MONEY = [
    "figures: total_ministry",
    "columns: money_by_year",
    "table: financier source rows amount unit",
]
PROJECTS = "table: name short_name kind status amounts country_names financiers started completed"
PARTIES = ["table: relation name kind basis"]
NAMES = ["table: name kind language"]
VALUES = ["table: field value raw"]
LINKS = ["table: code name projects agreements policies"]
FINANCIERS = ["table: name projects"]
FINDINGS = ["table: kind statement"]
STATISTICS = ["table: indicator subject qualifier value unit period"]
POINTS = [f"table: score {' '.join(f'points_{points}' for points in range(6))} mean none"]
MISSING = [
    "bars: missing_in_projects",
    "table: what rows share",
    "bars: missing_in_finance",
    "table: what rows share",
]
COMMANDS = ["table: what command"]

#: By kind and section.
OUTLINES: dict[str, dict[str, list[str]]] = {
    "overview": {
        "glance": [
            "figures: projects agreements policies organizations statistics findings",
            "columns: projects_by_year",
            "bars: projects_by_kind",
            "bars: projects_by_status",
            "bars: projects_by_country",
            "bars: agreements_by_kind",
            "map: projects_by_country",
        ],
        "links": LINKS,
        "money": MONEY + COUNTED,
        "by_source": ["table: name kind tier published licence records"],
        "loads": ["table: key name kind rows_read finished"],
        "gaps": MISSING,
        "method": COMMANDS,
    },
    "country": {
        "money": MONEY + COUNTED,
        "glance": [
            "figures: projects agreements statistics organizations",
            "note",
            "columns: projects_by_year",
            "bars: projects_by_kind",
            "map: places",
        ],
        "descriptions": ["text", "text"],
        "links": LINKS,
        "link_facility": [PROJECTS, "note"],
        "link_trade": [PROJECTS, "note", "note"],
        "link_none": ["table: name kind country_names signed"],
        "financiers": FINANCIERS,
        "figures": STATISTICS,
        "organizations": ["table: name kind roles"],
        "findings": FINDINGS,
        "method": COMMANDS,
    },
    "link": {
        "glance": [
            "figures: projects policies findings",
            "columns: projects_by_year",
            "bars: projects_by_kind",
            "bars: projects_by_country",
            "bars: projects_by_status",
            "map: projects_by_country",
        ],
        "money": MONEY + COUNTED,
        "projects": [PROJECTS],
        "policies": ["table: name kind adopted"],
        "financiers": FINANCIERS,
        "opportunity": FINDINGS,
        "challenge": FINDINGS,
        "prospect": FINDINGS,
        "method": COMMANDS,
    },
    "project": {
        "organizations": PARTIES,
        "places_of": PARTIES,
        "links": ["table: code name basis"],
        "money": [
            (
                "table: kind financier instrument amount currency amount_usd amount_usd_constant"
                " price_year date"
            ),
            *MONEY,
        ],
        "places": ["map: places", "table: name latitude longitude precision"],
        "relatives": ["table: relation name key"],
        "figures": STATISTICS,
        "quality": ["table: score points means"],
        "names": NAMES,
        "values": VALUES,
        "terms": VALUES,
    },
    "financier": {
        "glance": [
            "figures: projects",
            "note",
            "columns: projects_by_year",
            "bars: projects_by_country",
            "bars: projects_by_link",
            "bars: projects_by_status",
            "map: projects_by_country",
        ],
        "money": ["figures: total_ministry", *COUNTED],
        "projects": [
            "table: name short_name kind status amounts links country_names started completed"
        ],
        "names": NAMES,
        "values": VALUES,
        "method": COMMANDS,
    },
    "agreement": {"parties": PARTIES, "names": NAMES, "values": VALUES},
    "source": {
        "about": ["table: field value"],
        "glance": [
            "figures: projects agreements organizations finance locations statistics findings",
            "columns: projects_by_year",
            "bars: projects_by_kind",
            "bars: projects_by_link",
            "map: projects_by_country",
        ],
        "money": MONEY + COUNTED,
        "quality": POINTS,
        "loads": [
            (
                "table: key name kind profile rows_read rows_new rows_changed rows_rejected finished"
                " sha256"
            )
        ],
        "method": COMMANDS,
    },
    "compare": {
        "numbers": ["table: what of_1 of_2"],
        "money": ["table: subject source amount unit rows all_rows rule"],
        "projects": [
            "lines: projects_by_year",
            "grouped: projects_by_link",
            "grouped: projects_by_kind",
            "grouped: projects_by_status",
        ],
        "alone": ["table: subject name projects"],
    },
    "gaps": {"gaps": MISSING, "quality": POINTS, "method": COMMANDS},
}


def outline_of(block: dict[str, Any]) -> str:
    """Return the type of a block of the data form, with its field names."""
    match block["type"]:
        case "table":
            return f"table: {' '.join(name for name in block['rows'][0] if name != 'citations')}"
        case "figures":
            return f"figures: {' '.join(figure['name'] for figure in block['figures'])}"
        case "chart":
            return f"{block['kind']}: {block['name']}"
        case "map":
            return f"map: {block['name']}"
    return str(block["type"])
