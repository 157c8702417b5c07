"""A minimal loader: `csv.reader` with `executemany` into one table of texts."""

import csv
import sqlite3
import sys


def main() -> None:
    """Load the CSV file of the first argument into the SQLite file of the second."""
    source, target = sys.argv[1:3]
    connection = sqlite3.connect(target)
    with open(source, encoding="utf-8", newline="") as file:  # noqa: PTH123 (as little as can be)
        reader = csv.reader(file)
        header = next(reader)
        columns = ", ".join(f'"{name}" TEXT' for name in header)
        connection.execute(f"CREATE TABLE loaded ({columns})")
        marks = ", ".join("?" * len(header))
        connection.executemany(f"INSERT INTO loaded VALUES ({marks})", reader)  # noqa: S608 (a file of ours)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main()
