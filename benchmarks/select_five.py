"""A minimal Typer program that selects five rows with SQLAlchemy Core, for comparison."""

from typing import Annotated

import typer
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select

app = typer.Typer()


@app.command()
def rows(database: str, limit: Annotated[int, typer.Option(help="How many rows.")] = 5) -> None:
    """Print the first rows of a table."""
    entity = Table(
        "entity", MetaData(), Column("id", Integer), Column("key", String), Column("name", String)
    )
    with create_engine(f"sqlite:///{database}").connect() as connection:
        for row in connection.execute(select(entity).limit(limit)):
            typer.echo("  ".join(str(value) for value in row))


if __name__ == "__main__":
    app()
