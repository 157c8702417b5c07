"""What becomes of a decision on what is one thing."""

from enum import StrEnum


class Status(StrEnum):
    """What has become of a decision."""

    HOLDS = "holds"
    REPLACED = "replaced"  #: the reviewer decided on the pair again
    OVERRULED = "overruled"  #: by a rule, and a person decided on the pair, or parted it
    CONTESTED = "contested"  #: reviewers disagree, so that it has no effect
    REFUSED = "refused"  #: it would make one of what is different, so that it has no effect
    WAITS = "waits"  #: fewer reviewers agree than must
    SLEEPS = "sleeps"  #: a record is not in the knowledge base
    LOOK_AGAIN = "look again"  #: it holds, but a record has changed since


#: Statuses of decisions that somebody should look at again.
STALE = (Status.SLEEPS, Status.LOOK_AGAIN)
