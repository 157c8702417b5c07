"""Which words of an unknown file are kinds and states of projects, and a map of them."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import Instrument, ProjectKind, ProjectStatus, label
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.write import quoted

#: So many words without a code are listed.
_LISTED = 30
#: Words of kinds and states that are not their codes.
_WORDS: dict[str, StrEnum] = {
    "complete": ProjectStatus.COMPLETED, "completion": ProjectStatus.COMPLETED,
    "finished": ProjectStatus.COMPLETED, "operational": ProjectStatus.OPERATION,
    "operating": ProjectStatus.OPERATION, "in operation": ProjectStatus.OPERATION,
    "under construction": ProjectStatus.IMPLEMENTATION, "ongoing": ProjectStatus.IMPLEMENTATION,
    "construction": ProjectStatus.IMPLEMENTATION, "active": ProjectStatus.IMPLEMENTATION,
    "signed": ProjectStatus.COMMITTED, "approved": ProjectStatus.COMMITTED,
    "announced": ProjectStatus.PLEDGED, "planned": ProjectStatus.PLEDGED,
    "pipeline pledge": ProjectStatus.PLEDGED, "pipeline commitment": ProjectStatus.COMMITTED,
    "canceled": ProjectStatus.CANCELLED, "halted": ProjectStatus.SUSPENDED,
    "rail": ProjectKind.RAILWAY, "railways": ProjectKind.RAILWAY, "highway": ProjectKind.ROAD,
    "harbour": ProjectKind.PORT, "harbor": ProjectKind.PORT, "seaport": ProjectKind.PORT,
    "hydropower": ProjectKind.POWER_PLANT, "dam": ProjectKind.POWER_PLANT,
    "已完工": ProjectStatus.COMPLETED, "已建成": ProjectStatus.COMPLETED,
    "完工": ProjectStatus.COMPLETED, "竣工": ProjectStatus.COMPLETED,
    "运营": ProjectStatus.OPERATION, "已运营": ProjectStatus.OPERATION,
    "在建": ProjectStatus.IMPLEMENTATION, "建设中": ProjectStatus.IMPLEMENTATION,
    "已签约": ProjectStatus.COMMITTED, "拟建": ProjectStatus.PLEDGED, "规划": ProjectStatus.PLEDGED,
    "铁路": ProjectKind.RAILWAY, "公路": ProjectKind.ROAD, "港口": ProjectKind.PORT,
    "桥梁": ProjectKind.BRIDGE, "机场": ProjectKind.AIRPORT,
    "zone": ProjectKind.INDUSTRIAL_PARK, "industrial zone": ProjectKind.INDUSTRIAL_PARK,
    "loan excluding debt rescheduling": Instrument.LOAN, "loans": Instrument.LOAN,
    "grants": Instrument.GRANT, "export credits": Instrument.EXPORT_CREDIT,
    "debt forgiveness": Instrument.DEBT_RELIEF, "debt rescheduling": Instrument.DEBT_RELIEF,
    "free standing technical assistance": Instrument.TECHNICAL_ASSISTANCE,
    "scholarships training in the donor country": Instrument.TECHNICAL_ASSISTANCE,
    "vague tbd": Instrument.UNSPECIFIED, "concessional loan": Instrument.LOAN,
}  # fmt: skip


def has_known(vocabulary: type[StrEnum], cells: list[str]) -> bool:
    """Return whether a third of the cells or more are words of a vocabulary."""
    known = _known(cells, vocabulary)
    return sum(cell in known for cell in cells) * 3 >= len(cells)


def _known(cells: list[str], vocabulary: type[StrEnum]) -> dict[str, str]:
    """Return the codes of those different words that are known."""
    codes = {normalise(one.value): one.value for one in vocabulary}
    codes |= {normalise(label(one.value)): one.value for one in vocabulary}
    codes |= {word: one.value for word, one in _WORDS.items() if isinstance(one, vocabulary)}
    words = {cell: codes.get(normalise(cell), "") for cell in dict.fromkeys(cells)}
    return {word: code for word, code in words.items() if code}


def map_of(key: str, cells: list[str], vocabulary: type[StrEnum]) -> Iterator[str]:
    """Yield a profile's map of the words of a column; words without a code are comments."""
    known = _known(cells, vocabulary)
    yield f"[maps.{key}]"
    yield from (f"{quoted(word)} = {quoted(code)}" for word, code in known.items())
    others = [word for word, _ in Counter(cells).most_common() if word not in known][:_LISTED]
    if others:
        yield f"# Check: left out, as no {key} is named so; give each its code, or none."
        yield from (f'# {quoted(word)} = ""' for word in others)


def map_of_places(unknown: list[str]) -> Iterator[str]:
    """Yield a profile's map of words that no country or region is called by: they mean nothing.

    Args:
        unknown: the words, the most frequent ones first.
    """
    yield "[maps.countries]"
    yield '# Check: write what each means, or leave "" for no country.'
    for word in unknown[:_LISTED]:
        near = guesses.near_place(word)
        yield f'{quoted(word)} = ""' + (f"  # {quoted(near)}?" if near else "")
    yield ""
