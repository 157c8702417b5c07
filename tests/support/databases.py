"""Parameters that select the databases of a test."""

import pytest

#: For tests of features that do not depend on the database: SQLite in `make test`, PostgreSQL in
#: `make test-full`.
mainly_sqlite = pytest.mark.parametrize(
    "knowledge_base",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)],
    indirect=True,
)
