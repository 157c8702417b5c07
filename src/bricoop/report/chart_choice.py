"""How groups can be drawn; apart from what draws them, because the command line needs it early."""

from enum import StrEnum


class ChartChoice(StrEnum):
    """How groups can be drawn."""

    BAR = "bar"
    LINE = "line"
    MAP = "map"
