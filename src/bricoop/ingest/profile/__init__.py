"""Profiles: how a published layout is read into native fields, as data and not as code."""
