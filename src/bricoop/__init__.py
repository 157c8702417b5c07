"""A citable knowledge base of Belt and Road cooperation."""

__version__ = "0.1.0"
