"""Settings of Spark for a lake: what answers depend on, and what follows from its size."""

from bricoop.lake.manifest import Manifest

#: What answers depend on, whatever a cluster has as its default.
EXACT = {
    # A number that does not fit is an error, and not NULL.
    "spark.sql.ansi.enabled": "true",
    # No decimal places are dropped to make a product or quotient fit.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # A file that is missing or damaged is an error; its rows are not left out.
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    # Texts in statements and names in quotes are read as the translation writes them.
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.session.timeZone": "UTC",
}
MEGABYTE = 1024 * 1024
#: Rows that one task sorts or groups, and the most tasks of a step.
ROWS_PER_TASK, MOST_TASKS = 250_000, 2_000
#: The bytes of a file that one task reads: some row groups, and what Spark reads by default.
LEAST_READ, MOST_READ = 8 * MEGABYTE, 128 * MEGABYTE
#: Tasks that read the largest table, if it has the bytes for them.
READERS = 32
#: What opening another file costs, as bytes that could be read meanwhile.
OPEN_COST = 128 * 1024
#: Up to so many rows, planning and compiling a statement takes longer than its work.
SMALL = 100_000
#: Tables of so many rows are sent to each executor whole rather than split.
BROADCAST_ROWS = 200_000
#: The most bytes of files of such a table, and how many times as large it is in memory.
MOST_BROADCAST, EXPANSION = 8 * MEGABYTE, 10


def spark_settings(manifest: Manifest) -> dict[str, str]:
    """Return the settings for a lake.

    - A step that sorts or groups has a task for each 250,000 rows of the largest table, up to
      2,000. Spark would always make 200, which take longer than the work in a small lake.
    - With at most 100,000 rows, statements are neither compiled nor planned anew after each step.
    - The largest table is read in 32 parts of 8 to 128 MB.
    - Tables of at most 200,000 rows and 8 MB of files are sent to the executors whole. Spark goes
      by the size of files, and Parquet is about ten times as large in memory.
    """
    tables = [
        (sum(file.rows for file in files), sum(file.bytes for file in files))
        for files in manifest.tables.values()
    ]
    most_rows = max((rows for rows, _ in tables), default=0)
    most_bytes = max((size for _, size in tables), default=0)
    small = [size for rows, size in tables if rows <= BROADCAST_ROWS and size <= MOST_BROADCAST]
    return {
        **EXACT,
        "spark.sql.shuffle.partitions": str(min(MOST_TASKS, -(-most_rows // ROWS_PER_TASK) or 1)),
        "spark.sql.files.maxPartitionBytes": str(
            min(MOST_READ, max(LEAST_READ, most_bytes // READERS))
        ),
        "spark.sql.files.openCostInBytes": str(OPEN_COST),
        "spark.sql.adaptive.enabled": _flag(most_rows > SMALL),
        "spark.sql.codegen.wholeStage": _flag(most_rows > SMALL),
        "spark.sql.sources.fileCompressionFactor": f"{EXPANSION}.0",
        "spark.sql.autoBroadcastJoinThreshold": str(max(small, default=0) * EXPANSION),
    }


def _flag(value: object) -> str:
    return "true" if value else "false"
