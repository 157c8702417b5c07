"""Resolves names of places without a database."""

from bricoop.ingest.layouts.clean import BadValueError, Doubt


class TwoPlaces:
    """A stand-in that knows only Belarus and Central Asia."""

    def __init__(self) -> None:
        """Doubt nothing."""
        self.doubts: list[Doubt] = []

    def code(self, name: str) -> str:
        """Return the code of one of the two, or raise an error."""
        known = {"Belarus": "BLR", "BY": "BLR", "Central Asia": "Central Asia"}
        if name not in known:
            rule = "is no place"
            raise BadValueError(rule, "Belarus?")
        return known[name]

    def name(self, code: str) -> str:
        """Return the name of one of the two."""
        return {"BLR": "Belarus"}.get(code, code)
