"""Measures the rules for kinds of projects against rows labelled by hand, and their speed.

The labelled rows and the datasets are not part of the project: they are read from `../shared`.
`--wrong` lists the rows that are labelled otherwise; those of the tuned set only, so that the other
set remains a measure.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bricoop.domain.project_kinds.classifier import Classifier, shipped_classifier

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support import labelled_kinds as measured  # noqa: E402 (tests measure the same)

SHARED = ROOT.parent / "shared"
SETS = ("dev", "extra")


def _print_figures(name: str, rows: Sequence[measured.LabelledRow]) -> None:
    gcdf = [row for row in rows if row.dataset == "gcdf"]
    crs = [row for row in rows if row.dataset == "crs"]
    sure = [row for row in gcdf if row.is_sure]
    goal = 0.93 if name == "dev" else 0.9
    print(f"\n{name}: {len(rows)} rows, {len(gcdf)} of GCDF ({len(sure)} sure), {len(crs)} of CRS")
    for text, figure in (
        (f"GCDF sure: exact (goal {goal:.2f})", measured.exact(sure)),
        ("GCDF all: exact", measured.exact(gcdf)),
        ("GCDF sure: built, precision (goal 0.95)", measured.built_precision(sure)),
        ("GCDF sure: built, recall (goal 0.92)", measured.built_recall(sure)),
        ("GCDF sure: goods called built (goal at most 0.02)", measured.goods_called_built(sure)),
        ("CRS all: exact (goal 0.75)", measured.exact(crs)),
        ("CRS all: precision of kinds by rule (goal 0.85)", measured.precision(crs)),
        ("all: second kinds agree where the main kind does", measured.second_agreement(rows)),
    ):
        print(f"  {text:<52} {figure}")
    print(f"  {'GCDF sure: macro recall':<52} {measured.macro_recall(sure):.3f}")
    for language in sorted({row.language for row in rows}):
        print(f"  {language:<52} {measured.exact(row for row in rows if row.language == language)}")
    pairs = Counter((row.kind, row.main or "none") for row in rows if not row.is_right)
    for (kind, main), count in pairs.most_common():
        print(f"    {count} x {kind}, by rule {main}")


def _print_wrong(rows: Iterable[measured.LabelledRow]) -> None:
    for row in rows:
        if not row.is_right:
            reasons = "; ".join(f"{kind} by {rule}" for kind, rule in row.by_rule) or "none"
            sure = "sure" if row.is_sure else "arguable"
            print(f"{row.dataset} {row.row.sector} {sure}: {row.kind}, {reasons}: {row.row.title}")


def _print_speed(name: str, rows: Sequence[measured.ProjectRow], classifier: Classifier) -> None:
    best = min(_seconds(rows, classifier) for _ in range(5))
    print(f"  {name:<52} {best / len(rows) * 1e6:.1f} microseconds a row")


def _seconds(rows: Sequence[measured.ProjectRow], classifier: Classifier) -> float:
    start = time.process_time()
    for row in rows:
        classifier.kinds(*row)
    return time.process_time() - start


def main() -> None:
    """Print the figures of both sets, and the time that a row takes."""
    if not (SHARED / measured.LABELS).is_dir():
        print(f"The labelled rows are not at {SHARED / 'gold' / 'kinds'}: nothing is measured.")
        return
    classifier = shipped_classifier()
    for name in SETS:
        rows = measured.labelled_rows(SHARED, name, classifier)
        _print_figures(name, rows)
        if "--wrong" in sys.argv and name == "dev":
            _print_wrong(rows)
    print("\nprocessor time, best of five")
    gcdf, crs = list(measured.gcdf_rows(SHARED).values()), list(measured.crs_rows(SHARED).values())
    _print_speed("GCDF, titles only", [row._replace(description="") for row in gcdf], classifier)
    _print_speed("GCDF", gcdf, classifier)
    _print_speed("CRS", crs, classifier)


if __name__ == "__main__":
    main()
