"""Writer of GeoJSON (RFC 7946), with a Feature for each row that has coordinates."""

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from bricoop.errors import UsageError
from bricoop.query.nouns.noun import Type
from bricoop.query.question import Answer
from bricoop.query.row_locations import Place
from bricoop.render.data import to_json


def write_geojson(answer: Answer, out: TextIO) -> int:
    """Write a FeatureCollection; return the number of rows without coordinates.

    Raises:
        UsageError: the answer has no coordinates at all.
    """
    features = _Features(answer)
    out.write('{"type":"FeatureCollection","features":[')
    separator = "\n"
    for feature in features:
        out.write(separator + to_json(feature))
        separator = ",\n"
    out.write("\n]}\n")
    return features.left_out


class _Features:
    """Iterator over the rows of an answer as Features, with their key as `id`."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._names = [field.name for field in answer.fields]
        self._places = [field.name for field in answer.fields if field.type is Type.PLACE]
        self.left_out = 0
        if not self._places and not {"latitude", "longitude"} <= set(self._names):
            message = "These rows have no coordinates."
            raise UsageError(message, "Use `bricoop query projects` or `bricoop query locations`.")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for properties in self._answer.by_name():
            if self._places:
                locations: Sequence[Place] = properties.pop(self._places[0])
                geometry = _geometry(
                    [[location.longitude, location.latitude] for location in locations]
                )
                properties["locations"] = [_location_properties(location) for location in locations]
            else:
                point = [properties.pop("longitude"), properties.pop("latitude")]
                geometry = _geometry([] if None in point else [point])
            if geometry is None:
                self.left_out += 1
                continue
            feature = {"type": "Feature", "geometry": geometry, "properties": properties}
            yield {"id": properties["key"], **feature} if properties.get("key") else feature


def _geometry(points: list[list[float]]) -> dict[str, Any] | None:
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}


def _location_properties(location: Place) -> dict[str, Any]:
    """Return the properties of a location; they are in the order of the points."""
    return {
        "name": location.name,
        "precision": location.precision,
        "source": location.source,
        "locator": location.locator,
    }
