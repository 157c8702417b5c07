"""Which pairs are scored, and what is read of projects for that."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.identity.candidates import Candidates
from bricoop.identity.compared_project import ComparedProject, Figure
from bricoop.identity.rarity import Rarity, WordCounts
from bricoop.identity.read_projects import read_projects, sources_of_projects
from bricoop.identity.weights import shipped_weights
from support.compared import proposed
from support.loading import Load

WEIGHTS = shipped_weights()
MOST = WEIGHTS.candidates.projects_of_word
MOST_SCORED = WEIGHTS.candidates.candidates


def project(number: int, *words: str, **stated: Any) -> ComparedProject:
    stated = {"countries": ("KE",), **stated}
    return ComparedProject(f"p{number}", "s", str(number), "name", words, **stated)


def index(projects: list[ComparedProject]) -> Candidates:
    return Candidates(projects, Rarity(WEIGHTS.rarity, WordCounts.of(projects)), WEIGHTS.candidates)


def test_candidates_share_a_country_and_a_word_or_an_amount() -> None:
    candidates = index([
        project(0, "kuriba"),
        project(1, "kuriva"),
        project(2, "mabo", mentioned=frozenset({"kuriba"})),
        project(3, "mabo", amounts=(103e6,), years=(2011,)),
        project(4, "kuriba", countries=("UG",)),
        project(5, "mabo", amounts=(120e6,), years=(2011,)),
    ])  # fmt: skip
    wanted_project = project(9, "kuriba", amounts=(100e6,), years=(2011,))
    assert candidates.of(wanted_project) == [0, 3, 1, 2]
    assert candidates.of(project(9, "mabo", countries=())) == []
    assert candidates.cut == 0


def test_words_and_amounts_of_too_many_projects_are_not_looked_up() -> None:
    projects = [project(number, "road", amounts=(5e6,)) for number in range(MOST + 1)]
    candidates = index([*projects, project(MOST + 1, "road", "kuriba")])
    assert candidates.of(project(9, "kuriba", "road", amounts=(5e6,))) == [MOST + 1]
    assert candidates.skipped_words == {("KE", "road")}
    assert candidates.skipped_amounts == 1


def test_of_many_candidates_the_likeliest_are_scored_and_the_others_counted() -> None:
    projects = [project(number, "kuriba", years=(2018 + number % 2,)) for number in range(20)]
    asking = project(99, "kuriba", years=(2019,))
    candidates = index(projects)
    first, second, *_ = listed = candidates.of(asking)
    assert (first, second, len(listed)) == (1, 3, WEIGHTS.candidates.candidates)
    assert candidates.cut == 1
    _, coverage = proposed({"a": [asking], "b": projects})
    assert (coverage.pairs, coverage.cut) == (15, 1)


WORDS = st.lists(st.sampled_from(("kuriba", "kuriva", "kurimo", "mabo", "tolo")), unique=True)
YEARS = st.sampled_from(((), (2001,), (2002,), (2009, 2012), (2030,)))


@given(st.lists(st.tuples(WORDS, YEARS), min_size=10, max_size=60), WORDS, YEARS)
def test_no_project_that_is_left_out_is_likelier_than_a_candidate(
    stated: list[tuple[list[str], tuple[int, ...]]], words: list[str], years: tuple[int, ...]
) -> None:
    projects = [project(number, *own, years=when) for number, (own, when) in enumerate(stated)]
    rarity = Rarity(WEIGHTS.rarity, WordCounts.of(projects))
    candidates = Candidates(projects, rarity, WEIGHTS.candidates)
    points = {
        number: total
        for number, other in enumerate(projects)
        if (total := points_of(words, years, other, rarity)) >= WEIGHTS.candidates.least
    }
    ordered = sorted(points, key=lambda number: (-points[number], number))
    assert candidates.of(project(99, *words, years=years)) == ordered[:MOST_SCORED]
    assert candidates.cut == (len(ordered) > MOST_SCORED)


def points_of(
    words: list[str], years: tuple[int, ...], other: ComparedProject, rarity: Rarity
) -> float:
    """Return the points of a candidate, by comparing each word with each."""
    weights = WEIGHTS.candidates
    points = 0.0
    for word in words:
        points += rarity.of(word, "KE") * (word in other.words)
        for alike in other.words:
            if min(len(word), len(alike)) > weights.beginning and alike[:4] == word[:4]:
                points += rarity.of(word, "KE") * weights.begins
    if not points:
        return -math.inf
    differences = [abs(year - its_year) for year in years for its_year in other.years]
    nearness = weights.year * (1 - min(differences)) if differences else 0.0
    return points + max(-3.0, nearness)


def test_what_records_state_is_read_with_the_finance_of_their_id_or_of_their_project(
    engine: Engine, load: Load
) -> None:
    load(
        "projects",
        "id,name,countries,kind,capacity,capacity_unit,contractors,financiers,started,abbreviations,description\n"
        "1,Kuriba Dam,Kenya,power-plant,120,MW,Lake Builders Ltd.,CDB,2009-03,MKB,Near Mabo.\n"
        "2,Zuma Road,Kenya;Uganda,road,,,,,2010,,\n",
    )
    load("projects", "id,name,countries\n7,Mabo Line,Kenya\n", source="news")
    load(
        "finance",
        "id,project,kind,instrument,amount_usd,date,financier\n"
        "1,Kuriba Dam,commitment,loan,5000000,2011,ICBC\n"
        "x,Kuriba Dam,commitment,loan,7000000,2012,\n"
        "y,Zuma Road,commitment,grant,1000000,2013-05,\n"
        "z,Zuma Road,commitment,loan,2000000,2014,\n",
    )
    with reading(engine) as connection:
        sources = {
            source_id: key
            for source_id, key in sources_of_projects(connection).items()
            if key in {"notes", "news"}
        }
        projects = read_projects(connection, sources).projects
    dam, road = projects["notes"]
    assert (dam.words, dam.countries) == (("kuriba", "dam", "mkb"), ("KE",))
    assert (dam.years, dam.amounts, dam.instruments) == ((2011,), (5e6,), ("loan",))
    assert (dam.kinds, dam.figures) == (("power-plant",), (Figure(120.0, "MW"),))
    assert (dam.lenders, dam.builders) == (("cdb", "icbc"), ("builders", "lake"))
    assert dam.mentioned == {"mabo"}
    assert (road.countries, road.amounts) == (("KE", "UG"), (1e6, 2e6))
    assert (road.years, road.instruments) == ((2013, 2014), ("grant", "loan"))


def test_what_is_one_with_others_is_compared_as_its_own_record_describes_it(
    engine: Engine, load: Load
) -> None:
    load("projects", "id,name,countries\n7,Mabo Line,Kenya\n", source="news")
    load("projects", "id,name,countries\n1,Kuriba Dam,Kenya\n", source="notes")
    load(
        "projects",
        "id,name,countries,started,capacity,capacity_unit,description\n"
        "5,Dam at Kuriba,Kenya,2009,120,MW,Near Mabo.\n",
        source="plants",
        tier=3,
    )
    load(
        "decisions",
        "left,right,relation,reviewer,decided_at\n"
        "notes/projects/1,plants/projects/5,same-project,me,2026\n",
        source="mine",
    )
    with reading(engine) as connection:
        projects = read_projects(connection, sources_of_projects(connection)).projects
    (noted,), (listed,) = projects["notes"], projects["plants"]
    assert noted.key == listed.key
    assert not any((noted.years, noted.figures, noted.mentioned))
    assert (listed.years, listed.figures) == ((2009,), (Figure(120.0, "MW"),))
    assert listed.mentioned == {"mabo"}


def test_projects_of_a_country_of_one_source_are_counted_and_not_kept(
    engine: Engine, load: Load
) -> None:
    rows = "1,Mabo Line,Kenya\n2,Mabo Dam,Ghana\n3,Mabo Mill,\n"
    load("projects", f"id,name,countries\n{rows}", source="news")
    load("projects", "id,name,countries\n4,Kuriba Dam,Kenya; Mali\n", source="notes")
    with reading(engine) as connection:
        sources = {
            source_id: key
            for source_id, key in sources_of_projects(connection).items()
            if key in {"notes", "news"}
        }
        read = read_projects(connection, sources)
        of_mali = read_projects(connection, sources, "ML")
    assert [[project.name for project in read.projects[key]] for key in ("news", "notes")] == [
        ["Mabo Line"], ["Kuriba Dam"],
    ]  # fmt: skip
    assert of_mali.projects == {"news": [], "notes": []}
    for counts in (read.counts["news"], of_mali.counts["news"]):
        assert (counts.number, counts.without_country) == (3, 1)
        assert (counts.words["mabo"], counts.words_in["GH"]["dam"]) == (3, 1)
