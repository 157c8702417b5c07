"""Files in the layout of AidData's GCDF 3.0, of any size, with rows made up by rule.

The columns are those that the shipped profile reads, filled up to the 126 of the dataset. Values
have the shapes and about the lengths of real ones; none is taken from the dataset.
"""

import csv
from decimal import Decimal
from pathlib import Path

from bricoop.ingest.profile.parse import profile_of

#: How many rows GCDF 3.0 has, and how many columns.
ROWS, COLUMNS = 20_985, 126

_RECIPIENTS = (
    ("Angola", "AGO"), ("Kenya", "KEN"), ("Pakistan", "PAK"), ("Peru", "PER"), ("Fiji", "FJI"),
    ("Serbia", "SRB"), ("Laos", "LAO"), ("Belarus", "BLR"), ("Zambia", "ZMB"), ("Oman", "OMN"),
)  # fmt: skip
_STATUSES = ("Completion", "Implementation", "Pipeline: Commitment", "Pipeline: Pledge")
_SECTORS = ("110", "120", "140", "210", "220", "230", "310", "320")
_LENDERS = ("Example Policy Bank", "Example Export Bank", "Example Ministry", "Bank A|Bank B")
_WORDS = (
    "loan", "road", "port", "rail", "plant", "line", "school", "grant", "works", "supply", "phase",
    "study", "stage", "lot",
)  # fmt: skip


def write_gcdf(path: Path, rows: int = ROWS) -> Decimal:
    """Write a file that `load --profile gcdf3` reads.

    Args:
        path: the file to write.
        rows: how many rows it gets; 20,985 make about 45 MB.

    Returns:
        The sum of `Amount (Nominal USD)` over the rows whose money was signed: all but pledges.
    """
    header = _header()
    signed = Decimal()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in map(_row, range(rows)):
            if row["Status"] != "Pipeline: Pledge":
                signed += Decimal(row["Amount (Nominal USD)"] or 0)
            writer.writerow([row.get(name, "") for name in header])
    return signed


def _header() -> list[str]:
    """Return the columns that the profile reads, and others up to the number of the dataset."""
    profile = profile_of("gcdf3")
    names = dict.fromkeys(profile.required)
    for record in profile.records:
        names |= dict.fromkeys((*record.id, *record.each))
        for rule in record.fields:
            read = (*rule.columns, rule.estimated, rule.unless, *rule.when)
            names |= dict.fromkeys(name for name in read if name)
    return [*names, *(f"Unread Column {number}" for number in range(len(names), COLUMNS))]


def _row(number: int) -> dict[str, str]:
    country, code = _RECIPIENTS[number % len(_RECIPIENTS)]
    year = 2000 + number % 22
    amount = "" if number % 3 == 2 else f"{(number * 7919) % 900_000_000}.{number % 1000:03}"
    lender = _LENDERS[number % len(_LENDERS)]
    row = {
        "AidData Record ID": str(1_000_001 + number),
        "Recommended For Aggregates": "Yes" if number % 5 else "No",
        "Umbrella": "No",
        "Title": f"Example lender provides {amount or 'an unknown sum'} for {_text(number, 8)}",
        "Status": _STATUSES[number % len(_STATUSES)],
        "Recipient": country,
        "Recipient ISO-3": code,
        "Commitment Year": str(year),
        "Commitment Date (MM/DD/YYYY)": f"{year}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "Commitment Date Estimated": "No",
        "Sector Code": _SECTORS[number % len(_SECTORS)],
        "Flow Type": "Loan" if number % 2 else "Grant",
        "Funding Agencies": lender,
        "Funding Agencies Type": "|".join(["State-owned Policy Bank"] * (1 + lender.count("|"))),
        "Direct Receiving Agencies": f"Government of {country}",
        "Direct Receiving Agencies Type": "Recipient Government Agency",
        "Implementing Agencies": f"Example Builder {number % 997}" if number % 3 else "",
        "Implementing Agencies Type": "Chinese State-owned Company" if number % 3 else "",
        "Amount (Original Currency)": amount,
        "Original Currency": "USD" if amount else "",
        "Amount (Nominal USD)": amount,
        "Amount (Constant USD 2021)": amount,
        "Adjusted Amount (Original Currency)": amount,
        "Adjusted Amount (Nominal USD)": amount,
        "Adjusted Amount (Constant USD 2021)": amount,
        "Description": _text(number, 150),
        "Location Narrative": _text(number + 1, 40),
        "Source URLs": "|".join(f"https://example.org/{number}/{index}" for index in range(8)),
        "Source Resource Types": "|".join(["Media Report"] * 8),
        "Official Source Count": str(number % 9),
    }
    return row | {f"Unread Column {index}": _text(number + index, 4) for index in range(60, 75)}


def _text(number: int, words: int) -> str:
    """Return words in an order that differs from row to row."""
    step = number % 11 + 1
    return " ".join(_WORDS[(number + word * step) % len(_WORDS)] for word in range(words))
