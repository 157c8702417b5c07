"""Groups of kinds that rules treat alike."""

from bricoop.domain.vocabularies import ProjectKind

#: Kinds of things that are built.
BUILT = frozenset({
    ProjectKind.RAILWAY.value, ProjectKind.ROAD.value, ProjectKind.BRIDGE.value,
    ProjectKind.PORT.value, ProjectKind.AIRPORT.value, ProjectKind.CORRIDOR.value,
    ProjectKind.INDUSTRIAL_PARK.value, ProjectKind.POWER_PLANT.value, ProjectKind.POWER_GRID.value,
    ProjectKind.PIPELINE.value, ProjectKind.TELECOMS.value, ProjectKind.WATER.value,
    ProjectKind.MINE.value, ProjectKind.OIL_GAS.value, ProjectKind.FACTORY.value,
    ProjectKind.BUILDING.value, ProjectKind.FACILITY.value,
})  # fmt: skip
#: Kinds of what is moved and not built: words for works beside them say that they are not meant.
MOVED = frozenset({
    ProjectKind.SUPPLIES.value, ProjectKind.EXPERTS.value, ProjectKind.TRAINING.value,
})  # fmt: skip
#: Kinds that may be about something else, which is the second kind.
ABOUT = frozenset({
    ProjectKind.STUDY.value, ProjectKind.TRAINING.value, ProjectKind.EXPERTS.value,
    ProjectKind.ACQUISITION.value, ProjectKind.PROGRAMME.value,
})  # fmt: skip
