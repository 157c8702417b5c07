"""Where Spark is, and the settings that it gets; this needs no Spark."""

import sys
import tomllib
from pathlib import Path

import pytest

from bricoop.db.spark_master import master_of
from bricoop.errors import UsageError
from bricoop.lake.export import export_lake
from bricoop.lake.manifest import LakeFile, Manifest
from bricoop.lake.spark_settings import (
    BROADCAST_ROWS,
    EXACT,
    LEAST_READ,
    MEGABYTE,
    MOST_READ,
    MOST_TASKS,
    spark_settings,
)
from support.command_line import run
from support.standing import Standing

ROOT = Path(__file__).parents[1]


def manifest_of(**sizes: tuple[int, int]) -> Manifest:
    """Return the manifest of a lake whose tables have so many rows and bytes."""
    tables: dict[str, tuple[LakeFile, ...]] = {
        name: (LakeFile(f"{name}/part-0.parquet", rows, size, "0" * 64),)
        for name, (rows, size) in sizes.items()
    }
    return Manifest("bricoop-lake", 1, "base", "parquet", "", "", "", 1, (), (), tables)


def test_settings_follow_from_the_manifest() -> None:
    small = spark_settings(manifest_of(finance=(500, 20_000), country=(250, 9_000)))
    large = spark_settings(
        manifest_of(finance=(20_000_000, 8000 * MEGABYTE), source=(BROADCAST_ROWS, MEGABYTE))
    )
    names = [
        "spark.sql.shuffle.partitions", "spark.sql.files.maxPartitionBytes",
        "spark.sql.autoBroadcastJoinThreshold", "spark.sql.adaptive.enabled",
    ]  # fmt: skip
    assert [small[name] for name in names] == ["1", str(LEAST_READ), "200000", "false"]
    assert [large[name] for name in names] == ["80", str(MOST_READ), str(10 * MEGABYTE), "true"]
    huge = spark_settings(manifest_of(finance=(10**10, 10**13)))
    assert [huge[name] for name in names[:3]] == [str(MOST_TASKS), str(MOST_READ), "0"]
    assert EXACT.items() <= small.items()
    assert spark_settings(manifest_of())["spark.sql.shuffle.partitions"] == "1"


@pytest.mark.parametrize(
    ("engine", "public", "hosts"),
    [
        ("spark", "spark", ()),
        ("local[2]", "local[2]", ()),
        ("local-cluster[2,1,1024]", "local-cluster[2,1,1024]", ()),
        ("spark://a:7077,b:7077", "spark://a:7077,b:7077", (("a", 7077), ("b", 7077))),
        ("sc://a", "sc://a", (("a", 15002),)),
        ("sc://a:1/;token=secret;use_ssl=true", "sc://a:1", (("a", 1),)),
        ("sc://[::1]", "sc://[::1]", (("::1", 15002),)),
    ],
)
def test_addresses_of_spark(engine: str, public: str, hosts: tuple[tuple[str, int], ...]) -> None:
    master = master_of(engine)
    assert (master.public, master.hosts) == (public, hosts)


@pytest.mark.parametrize(
    "engine",
    ["duck", "spark:", "spark://a", "sc://", "local[x]", "yarn", "spark://a:1;b", "sc://a/b"],
)
def test_other_engines_are_refused(engine: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        master_of(engine)


def test_spark_counts_in_lakes_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = str(tmp_path / "new.sqlite")
    named = run("--db", database, "--engine", "spark", "query", "projects")
    monkeypatch.setenv("BRICOOP_ENGINE", "spark")
    by_variable = run("--db", database, "query", "projects")
    assert {named.exit_code, by_variable.exit_code} == {2}
    assert named.stderr == by_variable.stderr
    assert "Only a lake can be asked on Spark, and this is none" in named.stderr
    assert not Path(database).exists()


def test_a_missing_package_is_named_with_its_extra(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_lake(standing.engine, tmp_path / "lake")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    words = ("--db", f"lake:{tmp_path / 'lake'}", "--engine", "spark", "query", "projects")
    refused = run(*words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert (
        "Spark needs pyspark, which is not installed. Install it: pip install 'bricoop[spark]'"
        in (refused.stderr)
    )


def test_extras_are_in_the_lock_of_developers_but_for_spark() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set(project["optional-dependencies"])
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = (line for line in text.splitlines() if line.startswith("ALL := "))
    assert set(line.removeprefix("ALL := ").replace("--extra", "").split()) == extras - {"spark"}
    locks = {path.name for path in ROOT.glob("constraints*.txt") if "pyspark==" in path.read_text()}
    assert locks == {"constraints-spark.txt"}
