"""What a rule of a profile remembers of the rows of earlier files of the same command."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class EarlierRows:
    """The rows of files that were loaded before, as far as later rows depend on them.

    Attributes:
        listed_ids: ids of the records that lists of values became; later lists do not repeat them.
        times_seen: how often each id of a rule occurred that tells equal rows apart by their order.
    """

    listed_ids: set[str] = field(default_factory=set)
    times_seen: Counter[str] = field(default_factory=Counter)
