"""Bibliographies for reference managers: BibTeX, RIS and CSL-JSON."""
