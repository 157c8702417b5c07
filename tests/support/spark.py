"""Spark with executors of their own, for tests that `make test-spark` runs."""

from importlib.util import find_spec

import pytest

#: Two executors with a core and 1,024 MB each, as processes of their own.
EXECUTORS = "local-cluster[2,1,1024]"
#: Marks a module; other environments than that of `make test-spark` have no Spark.
NEEDS_SPARK = [
    pytest.mark.spark,
    pytest.mark.full,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="run make test-spark"),
]
