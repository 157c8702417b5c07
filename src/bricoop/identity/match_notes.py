"""Notes on what was not compared, in sentences."""

from collections.abc import Iterator

from bricoop.domain.english import agree, counted


def notes_on_candidates(noun: str, cut: int, scored: int, skipped_words: int) -> Iterator[str]:
    """Yield notes on candidates that were left out.

    Args:
        noun: what is compared, in the plural.
        cut: the number of those with more candidates than are scored.
        scored: so many candidates are scored.
        skipped_words: the number of words that were not looked up.
    """
    if cut:
        have = agree(cut, "has", "have")
        yield (
            f"{counted(cut, noun)} {have} more than {scored} candidates; the likeliest {scored} "
            "were scored."
        )
    if skipped_words:
        were = agree(skipped_words, "was", "were")
        yield f"{counted(skipped_words, 'words')} that too many {noun} have {were} not looked up."
