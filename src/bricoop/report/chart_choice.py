"""The values of `--chart`, in a module without imports so that the command line starts fast."""

from enum import StrEnum


class ChartChoice(StrEnum):
    """A value of `--chart`."""

    BAR = "bar"
    LINE = "line"
    MAP = "map"
