"""The version of this bricoop, which loads and files note."""

__version__ = "0.1.0"
