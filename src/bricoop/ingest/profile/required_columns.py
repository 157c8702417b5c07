"""The columns that a file must have to be read by a profile."""

from bricoop.ingest.profile.cells import columns_of
from bricoop.ingest.profile.model import Profile


def needed_by(profile: Profile) -> tuple[str, ...]:
    """Return the columns that a file must have, in the order of the profile.

    A rule with several alternative columns needs none of them.
    """
    controls = profile.controls
    used = [*profile.required, *profile.whole_numbers]
    used.extend((*controls.unique, *controls.filled, *controls.sums))
    used.extend(column for rule in profile.skip for column in rule.when)
    for record in profile.records:
        used.extend((*record.id, *record.each))
        for rule in record.fields:
            used.extend(rule.columns if len(rule.columns) == 1 else ())
            used.extend(name for name in columns_of(rule) if name not in rule.columns)
    created = {profile.unpivot.name, profile.unpivot.value} if profile.unpivot else set()
    return tuple(dict.fromkeys(name for name in used if name not in created))
