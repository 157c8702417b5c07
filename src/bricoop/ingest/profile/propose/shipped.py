"""Finds the shipped profile that can read an unknown file."""

from collections.abc import Sequence

from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.profile.cell_parsers import number_parser
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.profile_files import shipped
from bricoop.ingest.profile.required_columns import needed_by
from bricoop.ingest.profile.sample import Sample


def shipped_layout(header: Sequence[str]) -> str:
    """Return the name of the shipped profile that fits a header best; empty if there is none."""
    fitting: dict[str, int] = {}
    for name in shipped():
        profile = profile_of(name)
        needed = needed_by(profile)
        if set(needed) <= set(profile.named(header)):
            # Of several that fit, the one that needs most columns is the most specific.
            fitting[name] = len(needed)
    return max(fitting, key=lambda name: fitting[name], default="")


def options_for(name: str, sample: Sample) -> str:
    """Return the options of `bricoop load` for a shipped profile; numbers decide the variant."""
    profile = profile_of(name)
    variants = [
        variant for variant, styles in profile.variants.items() if _reads(profile, styles, sample)
    ]
    return f"--profile {name} --variant {variants[0]}" if variants else f"--profile {name}"


def _reads(profile: Profile, styles: Styles, sample: Sample) -> bool:
    """Return whether all numbers of a file can be parsed with a style."""
    names = profile.named(sample.header)
    parse = number_parser(styles.numbers)
    rules = (rule for record in profile.records for rule in record.fields)
    columns = {name for rule in rules if rule.number for name in rule.columns}
    for column in columns & set(names):
        for cell in sample.values(sample.header[names.index(column)]):
            try:
                parse(cell)
            except BadValueError:
                return False
    return True
