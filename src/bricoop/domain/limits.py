"""All limits on what bricoop reads, runs or writes; `docs/limits.md` is generated from them.

A limit keeps a file or a query from exhausting time, memory or disk. Each is far above what
published data need. Input beyond a limit is refused with a message that names it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """One limit.

    Attributes:
        area: what it applies to, such as "Conditions"; rows of the table are grouped by it.
        measure: what is counted or measured.
        value: the largest value that is accepted.
        unit: what the value counts.
        beyond: what happens beyond it, and what to do then.
    """

    area: str
    measure: str
    value: int
    unit: str
    beyond: str

    def __str__(self) -> str:
        """Format the limit for people: `20,000 characters`."""
        if self.unit == "bytes":
            for size, unit in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
                if self.value >= size and self.value % size == 0:
                    return f"{self.value // size:,} {unit}"
        return f"{self.value:,} {self.unit}"


CONDITION_LENGTH = Limit(
    "Conditions",
    "length of the text of one `--where`",
    20_000,
    "characters",
    "refused; load the list of values and join it in `bricoop sql`",
)
CONDITION_VALUES = Limit(
    "Conditions",
    "values compared in one condition, and in all of a question or counting rule",
    500,
    "values",
    "refused; as above",
)
# SQLite's parser stack holds a hundred symbols. A level takes up to four of them, and the statement
# around a condition some thirty.
CONDITION_DEPTH = Limit(
    "Conditions", "brackets and `not` within each other", 15, "levels", "refused; write it flatter"
)
CONDITION_TEXT = Limit(
    "Conditions", "length of a text that `~` looks for", 1_000, "characters", "refused; shorten it"
)

FILTER_VALUES = Limit(
    "Conditions",
    "values of one filter such as `--country`",
    1_000,
    "values",
    "refused; load the list of values and join it in `bricoop sql`",
)
NAME_LENGTH = Limit(
    "Conditions",
    "length of a name or code that is looked up, and of a value of a filter",
    1_000,
    "characters",
    "refused; no name is so long",
)
RAW_CONDITIONS = Limit(
    "Conditions", "conditions on cells of loaded files, by `--raw`", 100, "conditions",
    "refused; use `bricoop sql`",
)  # fmt: skip
QUESTION_VALUES = Limit(
    "Conditions",
    "values of all filters and conditions of a question together",
    2_000,
    "values",
    "refused; load the list of values and join it in `bricoop sql`",
)
SEARCH_LENGTH = Limit(
    "Conditions", "length of a text to search for", 10_000, "characters", "refused; shorten it"
)

SUGGESTED_LENGTH = Limit(
    "Conditions",
    "length of a name, code or option that is not known, for which others are suggested",
    500,
    "characters",
    "no suggestions",
)
SQL_LENGTH = Limit("SQL", "length of a query", 1_000_000, "characters", "refused")
SQL_SECONDS = Limit(
    "SQL",
    "time that the database works on a query",
    300,
    "seconds",
    "stopped; `--timeout` gives more or less",
)
SQL_CELL = Limit(
    "SQL",
    "size of a value; on SQLite also within a query, where a PostgreSQL server allows 1 GB",
    8 * 1024**2,
    "bytes",
    "refused; select part of it",
)
SQL_ROW = Limit(
    "SQL", "size of a row of the answer", 16 * 1024**2, "bytes", "refused; select fewer columns"
)
SQL_ANSWER = Limit(
    "SQL",
    "size of all values of the answer, of which each counts as 8 bytes at least",
    4 * 1024**3,
    "bytes",
    "stopped; narrow it, or ask in parts",
)
SQL_MEMORY = Limit(
    "SQL",
    "memory that a query may need beyond what bricoop itself takes (Linux)",
    400 * 1024**2,
    "bytes",
    "stopped; narrow it, or choose a format that needs no memory for rows, such as CSV",
)
ANSWER_COLUMNS = Limit(
    "Answers", "columns of an answer", 500, "columns", "refused; ask several questions"
)
GROUPING_TERMS = Limit(
    "Answers", "groupings, and measures, of a question", 100, "of each", "refused; as above"
)
TABLE_CELLS = Limit(
    "Answers",
    "cells of a table, which is kept in memory to find its widths",
    1_000_000,
    "cells",
    "refused; `--format csv` has no such bound, or narrow it with `--limit`",
)

TOML_SIZE = Limit(
    "Profiles, rules, memos, saved questions",
    "size of a file, of a profile's table of links, and of a table of kinds",
    1024**2,
    "bytes",
    "refused",
)
JSON_SIZE = Limit(
    "Cards and kept figures",
    "size of a file: some 500,000 rows",
    64 * 1024**2,
    "bytes",
    "refused; count by country or source",
)
DOCUMENT_DEPTH = Limit(
    "Profiles, rules, memos, saved questions",
    "tables and lists within each other, and parts of a dotted key",
    32,
    "levels",
    "refused",
)
NUMBER_DIGITS = Limit(
    "Profiles, rules, memos, saved questions", "digits of a number", 40, "digits", "refused"
)
RULE_SOURCES = Limit(
    "Profiles, rules, memos, saved questions",
    "sources that a counting rule prefers",
    500,
    "sources",
    "refused",
)
RULE_STEPS = Limit(
    "Profiles, rules, memos, saved questions",
    "steps of a counting rule, and conditions of a step",
    50,
    "of each",
    "refused",
)
MEMO_PARTS = Limit(
    "Profiles, rules, memos, saved questions",
    "parts of a memo, and names and sections of a part",
    200,
    "of each",
    "refused; write several memos",
)

_AS_CSV = "refused; save the sheet as CSV, which is read row by row"
CELL_LENGTH = Limit(
    "Files", "length of a cell", 1_000_000, "characters", "refused; is a quote left open?"
)
LIST_VALUES = Limit(
    "Files", "values of a cell that holds several", 10_000, "values",
    "refused; write a row for each",
)  # fmt: skip
NUMBER_PLACES = Limit(
    "Files", "digits of a number before its decimal point, and after it", 100, "of each", "refused"
)
LINE_SIZE = Limit("Files", "size of a line of a CSV file", 16 * 1024**2, "bytes", "refused")
HEADER_CELL = Limit("Files", "length of a column's header", 1_000, "characters", "refused")
COLUMNS = Limit("Files", "columns of a table", 16_384, "columns", "refused")
BLANK_ROWS = Limit("Files", "blank rows of a table", 2_000_000, "rows", "refused; remove them")
BLANK_CELLS = Limit(
    "Files", "cells of the blank rows of a table", 100_000_000, "cells", "refused; remove them"
)
WRONG_QUOTES = Limit(
    "Files",
    "rows whose quotes are wrong",
    10_000,
    "rows",
    "refused; does the file use another quote character?",
)
UNPACKED = Limit(
    "Files", "size of a packed file once it is unpacked", 4 * 1024**3, "bytes", "refused"
)
WORKBOOK_AREA = Limit(
    "Workbooks", "rows times columns of a sheet, up to its last cell", 8_000_000, "cells", _AS_CSV
)
WORKBOOK_CELLS = Limit(
    "Workbooks", "cells of a sheet that are not empty", 4_000_000, "cells", _AS_CSV
)
WORKBOOK_TEXTS = Limit(
    "Workbooks", "texts of a sheet's cells, each as often as it is shown", 192 * 1024**2, "bytes",
    _AS_CSV,
)  # fmt: skip
WORKBOOK_PART = Limit(
    "Workbooks", "list of its sheets, and its styles", 16 * 1024**2, "bytes", _AS_CSV
)
OPENDOCUMENT_ELEMENTS = Limit(
    "Workbooks", "an `.ods`: XML elements, some two for each cell", 2_500_000, "elements", _AS_CSV
)
OLD_WORKBOOK_SIZE = Limit(
    "Workbooks", "an `.xls`: size of its cells", 32 * 1024**2, "bytes", _AS_CSV
)
OLD_WORKBOOK_AREA = Limit(
    "Workbooks", "an `.xls`: rows times columns up to the last cell, of all sheets", 2_000_000,
    "cells", _AS_CSV,
)  # fmt: skip
OLD_WORKBOOK_TEXTS = Limit(
    "Workbooks", "an `.xls`: texts of its cells, each as often as it is shown", 64 * 1024**2,
    "bytes", _AS_CSV,
)  # fmt: skip

#: All limits, in the order of the table in `docs/limits.md`.
LIMITS: tuple[Limit, ...] = (
    CELL_LENGTH,
    LIST_VALUES,
    NUMBER_PLACES,
    LINE_SIZE,
    HEADER_CELL,
    COLUMNS,
    BLANK_ROWS,
    BLANK_CELLS,
    WRONG_QUOTES,
    UNPACKED,
    WORKBOOK_AREA,
    WORKBOOK_CELLS,
    WORKBOOK_TEXTS,
    WORKBOOK_PART,
    OPENDOCUMENT_ELEMENTS,
    OLD_WORKBOOK_SIZE,
    OLD_WORKBOOK_AREA,
    OLD_WORKBOOK_TEXTS,
    CONDITION_LENGTH,
    CONDITION_VALUES,
    CONDITION_DEPTH,
    CONDITION_TEXT,
    FILTER_VALUES,
    NAME_LENGTH,
    RAW_CONDITIONS,
    QUESTION_VALUES,
    SEARCH_LENGTH,
    SUGGESTED_LENGTH,
    SQL_LENGTH,
    SQL_SECONDS,
    SQL_CELL,
    SQL_ROW,
    SQL_ANSWER,
    SQL_MEMORY,
    ANSWER_COLUMNS,
    GROUPING_TERMS,
    TABLE_CELLS,
    TOML_SIZE,
    DOCUMENT_DEPTH,
    NUMBER_DIGITS,
    RULE_STEPS,
    RULE_SOURCES,
    MEMO_PARTS,
    JSON_SIZE,
)
