"""A minimal Typer program with one option, to compare start-up times."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def hello(name: Annotated[str, typer.Option(help="Whom to greet.")] = "world") -> None:
    """Print a greeting."""
    typer.echo(f"hello {name}")


if __name__ == "__main__":
    app()
