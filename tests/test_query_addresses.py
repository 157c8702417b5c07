"""The field `url` of projects and records."""

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.query.execute import execute
from bricoop.query.question import Question
from support.loading import Load


def test_projects_and_records_have_the_address_of_their_page(engine: Engine, load: Load) -> None:
    load("projects", "name,url\nAlpha,https://example.org/a\nBeta,\nGamma,\n")
    load("finance", "project,kind,url\nAlpha,pledge,https://example.org/1\nBeta,pledge,\n"
         "Beta,commitment,https://example.org/2\n")  # fmt: skip
    with reading(engine) as connection:
        question = Question("projects", {"source": ("notes",)}, columns=("name", "url"))
        assert list(execute(connection, question).rows) == [
            ("Alpha", "https://example.org/a"), ("Beta", "https://example.org/2"), ("Gamma", None),
        ]  # fmt: skip
        question = Question(
            "records", {"source": ("notes",)}, columns=("kind", "url"), where=("url is not empty",)
        )
        assert len(list(execute(connection, question).rows)) == 3
