"""Units of the capacities of projects, with the names by which sources call them."""

from types import MappingProxyType

from bricoop.domain.vocabularies import NamedCode


class CapacityUnit(NamedCode):
    """Units of what a project can carry, make, store or hold.

    A figure stays in the unit in which its source states it: none is converted into another.
    """

    KILOWATT = "kW"
    MEGAWATT = "MW"
    GIGAWATT = "GW"
    MEGAWATT_PEAK = "MWp"
    KILOWATT_HOUR = "kWh"
    MEGAWATT_HOUR = "MWh"
    GIGAWATT_HOUR = "GWh"
    MEGAVOLT_AMPERE = "MVA"
    METRE = "m"
    KILOMETRE = "km"
    SQUARE_METRE = "m2"
    SQUARE_KILOMETRE = "km2"
    HECTARE = "ha"
    CUBIC_METRE = "m3"
    CUBIC_METRE_A_DAY = "m3/day"
    CUBIC_METRE_A_YEAR = "m3/year"
    BILLION_CUBIC_METRES_A_YEAR = "bcm/year"
    TONNE = "t"
    TONNE_A_DAY = "t/day"
    TONNE_A_YEAR = "t/year"
    MEGATONNE_A_YEAR = "Mt/year"
    DEADWEIGHT_TONNE = "DWT"
    CONTAINER = "TEU"
    CONTAINER_A_YEAR = "TEU/year"
    BARREL_A_DAY = "bpd"
    PASSENGER_A_DAY = "passengers/day"
    PASSENGER_A_YEAR = "passengers/year"
    VEHICLE_A_DAY = "vehicles/day"
    VEHICLE_A_YEAR = "vehicles/year"
    GIGABIT_A_SECOND = "Gbit/s"
    BED = "beds"
    ROOM = "rooms"
    HOME = "homes"
    PERSON = "people"
    STUDENT = "students"

    @property
    def other_names(self) -> tuple[str, ...]:
        """Other names of exactly the same unit."""
        return _NAMES.get(self, ())


#: They are read without regard to case, slashes and spaces. `Tons` are left out, as they may be
#: short, long or metric.
_NAMES = MappingProxyType(
    {
        CapacityUnit.KILOWATT: ("kilowatt", "kilowatts", "千瓦"),
        CapacityUnit.MEGAWATT: ("megawatt", "megawatts", "MWe", "兆瓦"),
        CapacityUnit.GIGAWATT: ("gigawatt", "gigawatts", "吉瓦"),
        CapacityUnit.MEGAWATT_PEAK: ("MW peak", "megawatt peak"),
        CapacityUnit.KILOWATT_HOUR: ("kilowatt-hour", "kilowatt-hours"),
        CapacityUnit.MEGAWATT_HOUR: ("megawatt-hour", "megawatt-hours"),
        CapacityUnit.GIGAWATT_HOUR: ("gigawatt-hour", "gigawatt-hours"),
        CapacityUnit.METRE: ("metre", "metres", "meter", "meters", "米"),
        CapacityUnit.KILOMETRE: (
            "kilometre", "kilometres", "kilometer", "kilometers", "kms", "公里", "千米",
        ),
        CapacityUnit.SQUARE_METRE: ("square metres", "square meters", "sq m", "sqm", "平方米"),
        CapacityUnit.SQUARE_KILOMETRE: (
            "square kilometres", "square kilometers", "sq km", "平方公里",
        ),
        CapacityUnit.HECTARE: ("hectare", "hectares", "公顷"),
        CapacityUnit.CUBIC_METRE: ("cubic metres", "cubic meters", "立方米"),
        CapacityUnit.CUBIC_METRE_A_DAY: (
            "m3/d", "m3 per day", "cubic metres per day", "cubic meters per day",
        ),
        CapacityUnit.CUBIC_METRE_A_YEAR: (
            "m3/a", "m3 per year", "cubic metres per year", "cubic meters per year",
        ),
        CapacityUnit.BILLION_CUBIC_METRES_A_YEAR: ("bcm/a", "bcm per year", "bcma"),
        CapacityUnit.TONNE: ("tonne", "tonnes", "metric tons"),
        CapacityUnit.TONNE_A_DAY: ("t/d", "tpd", "tonnes/day", "tonnes per day"),
        CapacityUnit.TONNE_A_YEAR: ("t/a", "tpa", "tonnes/year", "tonnes per year"),
        CapacityUnit.MEGATONNE_A_YEAR: (
            "Mt/a", "Mtpa", "million tonnes/year", "million tonnes per year",
        ),
        CapacityUnit.CONTAINER: ("TEUs",),
        CapacityUnit.CONTAINER_A_YEAR: ("TEU/a", "TEU per year", "TEUs per year"),
        CapacityUnit.BARREL_A_DAY: ("b/d", "bbl/d", "bbl/day", "barrels per day"),
        CapacityUnit.PASSENGER_A_DAY: ("passengers per day", "pax/day"),
        CapacityUnit.PASSENGER_A_YEAR: ("passengers per year", "pax/year"),
        CapacityUnit.VEHICLE_A_DAY: ("vehicles per day",),
        CapacityUnit.VEHICLE_A_YEAR: ("vehicles per year",),
        CapacityUnit.GIGABIT_A_SECOND: ("Gbps", "Gb/s"),
        CapacityUnit.BED: ("bed", "床位"),
        CapacityUnit.ROOM: ("room",),
        CapacityUnit.HOME: ("home", "housing units"),
        CapacityUnit.PERSON: ("persons", "person"),
        CapacityUnit.STUDENT: ("student",),
    }
)  # fmt: skip
