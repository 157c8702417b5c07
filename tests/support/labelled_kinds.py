"""Reads rows of published datasets with kinds labelled by hand, and measures rules against them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bricoop.domain.project_kinds.classifier import Classifier
from bricoop.domain.project_kinds.kind_groups import BUILT
from bricoop.domain.project_kinds.title_choice import KindByRule

#: The folder of the labelled rows, and their datasets, in the folder of data beside the project.
LABELS = Path("gold", "kinds")
#: The label of rows whose right answer is no kind.
UNCLEAR = "unclear"
#: Words that tell the languages of titles in the CRS apart.
_FRENCH = frozenset(("de", "du", "des", "la", "le", "les", "et", "pour", "dans", "en", "au"))


class ProjectRow(NamedTuple):
    """What the classifier reads of a row."""

    title: str
    sector: str
    description: str


class LabelledRow(NamedTuple):
    """A row with its kinds by hand and by rule."""

    dataset: str
    row: ProjectRow
    kind: str
    second: str
    is_sure: bool
    by_rule: tuple[KindByRule, ...]

    @property
    def main(self) -> str:
        """The main kind by rule; empty if there is none."""
        return self.by_rule[0].kind if self.by_rule else ""

    @property
    def is_right(self) -> bool:
        """Whether the main kind by rule is the one by hand."""
        return self.main == ("" if self.kind == UNCLEAR else self.kind)

    @property
    def language(self) -> str:
        """The language of the title."""
        words = self.row.title.casefold().replace("'", " ").split()
        return "French" if not _FRENCH.isdisjoint(words) and self.dataset == "crs" else "English"


def gcdf_rows(shared: Path) -> dict[str, ProjectRow]:
    """Return the rows of the sample of GCDF by their ids."""
    return {
        row["AidData Record ID"]: ProjectRow(
            row["Title"], row["Sector Code"], row["Description"]
        )
        for row in _csv_rows(shared / "data" / "gcdf3_africa_sample.csv")
    }  # fmt: skip


def crs_rows(shared: Path) -> dict[str, ProjectRow]:
    """Return the rows of the sample of the CRS by their ids and numbers."""
    return {
        f"{row['crs_id']}#row{number}": ProjectRow(
            row["project_title"] or row["short_description"] or row["purpose_name"],
            row["purpose_code"], row["long_description"],
        )
        for number, row in enumerate(_csv_rows(shared / "data" / "crs_2022_sample.csv"), 1)
    }  # fmt: skip


def labelled_rows(shared: Path, name: str, classifier: Classifier) -> list[LabelledRow]:
    """Return the rows of a labelled set with their kinds by rule."""
    rows = {"gcdf": gcdf_rows(shared), "crs": crs_rows(shared)}
    labelled: list[LabelledRow] = []
    for label in _csv_rows(shared / LABELS / f"kinds_{name}.csv"):
        row = rows[label["set"]][label["id"]]
        labelled.append(
            LabelledRow(
                label["set"], row, label["kind"], label["second_kind"], label["sure"] == "sure",
                classifier.kinds(*row),
            )
        )  # fmt: skip
    return labelled


class Share(NamedTuple):
    """A count out of another."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The quotient; 1 where there is nothing to count."""
        return self.hits / self.total if self.total else 1.0

    def __str__(self) -> str:
        """Format it: `0.93 (27 of 29)`."""
        return f"{self.value:.3f} ({self.hits} of {self.total})"


def share(rows: Iterable[LabelledRow], test: Callable[[LabelledRow], bool]) -> Share:
    """Return of how many rows a test is true."""
    results = [test(row) for row in rows]
    return Share(sum(results), len(results))


def exact(rows: Iterable[LabelledRow]) -> Share:
    """Return how many rows have the right main kind."""
    return share(rows, lambda row: row.is_right)


def built_precision(rows: Iterable[LabelledRow]) -> Share:
    """Return how many rows that a rule calls built are built."""
    return share((row for row in rows if row.main in BUILT), lambda row: row.kind in BUILT)


def built_recall(rows: Iterable[LabelledRow]) -> Share:
    """Return how many built rows a rule calls built."""
    return share((row for row in rows if row.kind in BUILT), lambda row: row.main in BUILT)


def goods_called_built(rows: Iterable[LabelledRow]) -> Share:
    """Return how many rows of goods a rule calls built."""
    return share((row for row in rows if row.kind == "supplies"), lambda row: row.main in BUILT)


def precision(rows: Iterable[LabelledRow]) -> Share:
    """Return how many of the kinds that rules give are right."""
    return share((row for row in rows if row.by_rule), lambda row: row.is_right)


def second_agreement(rows: Iterable[LabelledRow]) -> Share:
    """Return how many rows with the right main kind have the right second kind, or rightly none."""
    return share(
        (row for row in rows if row.is_right),
        lambda row: row.second == (row.by_rule[1].kind if len(row.by_rule) > 1 else ""),
    )


def macro_recall(rows: Sequence[LabelledRow]) -> float:
    """Return the mean share of right rows over the kinds by hand."""
    kinds = {row.kind for row in rows}
    shares = [exact(row for row in rows if row.kind == kind).value for kind in kinds]
    return sum(shares) / len(shares) if shares else 1.0


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)
