"""Which of the profiles that come with bricoop reads files with the header of an unknown one."""

from collections.abc import Sequence

from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.profile.cell_parsers import number_word
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.profile.parse import profile_of, shipped
from bricoop.ingest.profile.required_columns import needed_by
from bricoop.ingest.profile.sample import Sample


def shipped_layout(header: Sequence[str]) -> str:
    """Return the name of the profile that comes with bricoop and reads a header; empty without one.

    Args:
        header: the names of a file's columns.
    """
    fitting: dict[str, int] = {}
    for name in shipped():
        profile = profile_of(name)
        needed = needed_by(profile)
        if set(needed) <= set(profile.named(header)):
            fitting[name] = len(needed)
    return max(fitting, key=lambda name: fitting[name], default="")


def options_for(name: str, sample: Sample) -> str:
    """Return the options of `bricoop load` with which a shipped profile reads a file.

    Args:
        name: the name of the profile.
        sample: the beginning of the file, whose numbers tell the variant.
    """
    profile = profile_of(name)
    variants = [
        variant for variant, styles in profile.variants.items() if _reads(profile, styles, sample)
    ]
    return f"--profile {name} --variant {variants[0]}" if variants else f"--profile {name}"


def _reads(profile: Profile, styles: Styles, sample: Sample) -> bool:
    """Return whether the numbers of a file are written in a style."""
    names = profile.named(sample.header)
    word = number_word(styles.numbers)
    rules = (rule for record in profile.records for rule in record.fields)
    columns = {name for rule in rules if rule.number for name in rule.columns}
    for column in columns & set(names):
        for cell in sample.values(sample.header[names.index(column)]):
            try:
                word(cell)
            except BadValueError:
                return False
    return True
