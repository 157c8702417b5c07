"""Kinds of projects by rule: what misleads, in several languages, and any text at all."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.project_kinds.classifier import Classifier, shipped_classifier
from bricoop.domain.project_kinds.kind_groups import BUILT
from bricoop.domain.project_kinds.rule_table import parse_rules, shipped_table
from support import labelled_kinds as measured

_TRAPS = [
    # The giver's name is no work.
    ("Blue Harbour Engineering donates masks to a clinic in Lomé", "supplies"),
    ("Western Railway Group sends doctors to Moundou", "experts"),
    ("Road and Bridge Corporation donates rice to flood victims", "supplies"),
    # Nor is the receiver's.
    ("Embassy donates face masks to the National Roads Agency", "supplies"),
    ("Embassy provides computers to the Children's Hospital of Kaya", "supplies"),
    ("Foundation donates laboratory equipment to the University of Lusaka", "supplies"),
    # The last noun counts, and a place is only where it is.
    ("Exim Bank provides $20 million loan for the Airport Road Project", "road"),
    ("Government funds Vocational Training Centre in the Delta Economic Zone", "building capacity-centre"),
    ("Port Louis Water Supply Project", "water"),
    # What is moved is not built.
    ("Government donates 40 garbage trucks to Accra", "supplies"),
    ("Government donates 2 locomotives to the national railway", "supplies"),
    ("Modernization of airport security scanners", "supplies"),
    # Medical teams, and technical cooperation.
    ("Province sends the 9th medical team to Kidal", "experts"),
    ("The 9th medical team donates medicine to Mopti Hospital", "supplies"),
    ("Government provides grant for Phase 3 of Stadium Technical Cooperation Project", "experts building"),
    ("TC AGGREGATED ACTIVITIES", "programme"),
    # Studies, and what is handed over in a project.
    ("Bank provides loan for Feasibility Study of the Coastal Railway Rehabilitation Project", "study railway"),
    ("Government provides grant for Access to Satellite TV for 300 Villages Project", "telecoms supplies"),
    ("Government provides grant for the construction of a production centre", "building"),
    # Networks.
    ("Embassy donates digital cameras and network switches to a newsroom", "supplies"),
    ("Bank provides $80 million loan for National Gas Network Project", "pipeline"),
    # Money.
    ("Embassy donates $10,000 to the Red Cross", "cash"),
    ("Embassy donates KES 2 million worth of blankets to the Red Cross", "supplies"),
    ("Government provides grant worth RMB 8 million for a primary school", "building"),
    ("Second Governance DPF", "cash"),
    # Verbs that give, cancel and acquire.
    ("Embassy donates a borehole to Kafue village", "water"),
    ("Government cancels outstanding debt of the republic", "debt"),
    ("Bank provides $2 billion loan for acquisition of a 20% stake in a copper mine", "acquisition mine"),
    ("Bank provides $100 million line of credit to Lake Bank", "credit-line"),
    ("Bank provides loan for Block 7 Oil Field Development Project", "oil-gas"),
    # Tails, marks and misleading plants.
    ("[Suspended] Bank provides $1 billion loan for Coal-fired Power Plant Project (Linked to Road Project ID#7)", "power-plant"),
    ("Government provides RMB 9 million grant — via ETCA — for Northern Bypass Project", "road"),
    ("Plant protection", ""),
    ("City Light Rail Transit", "railway"),
    ("Bus Rapid Transit", "road"),
    ("Government cancels $3 million", "debt"),
    ("Bank loans 3 billion XOF to Togo", ""),
    ("Government to supply Friendship Hospital with equipment worth $10m", "supplies"),
    ("Medical supplies to Central Hospital", "supplies"),
    ("Government gives Chad $10.5 million to drill 150 wells", "water"),
    ("Government pledges to rebuild National Theatre", "building"),
    ("Confucius Institute launched at Lake University", "capacity-centre"),
    ("Government trained engineers in solar energy", "training"),
    ("Market Square - Bole Ring Road", "road"),
    # Two things in a list.
    ("Bank provides loan for Hydropower Plant and Interconnection Project", "power-plant power-grid"),
]  # fmt: skip

_OTHER_LANGUAGES = [
    ("La Chine fournit un prêt de 20 millions d'euros pour la construction de la route de l'aéroport", "road"),
    ("L'ambassade offre des ordinateurs à l'hôpital de Lomé", "supplies"),
    ("Étude de faisabilité du chemin de fer transsaharien", "study railway"),
    ("Annulation de la dette du Togo", "debt"),
    ("Réhabilitation du pont de la route nationale 3", "bridge"),
    ("ADDUCTION D'EAU POTABLE DE KINDIA", "water"),
    ("Construcción de la carretera del puerto", "road"),
    ("El gobierno dona ambulancias al hospital de La Paz", "supplies"),
    ("Estudio de viabilidad del ferrocarril central", "study railway"),
    ("Línea de crédito para pequeñas empresas", "credit-line"),
    ("Reabilitação da estrada do aeroporto", "road"),
    ("O governo doa medicamentos ao Hospital Central", "supplies"),
    ("Construção do porto de pesca", "port"),
    ("Bolsas de estudo para jovens", "training"),
    ("中国政府提供1亿元优惠贷款用于建设公路", "road"),
    ("某铁路公司向卢旺达捐赠口罩", "supplies"),
    ("港口公路可行性研究", "study road"),
    ("中国派遣医疗队", "experts"),
    ("卫星电视项目", "telecoms supplies"),
]  # fmt: skip

_UNSURE = [
    "",
    "   ",
    "Togo",
    "Phase II",
    "Ministry of Finance",
    "PRODEC 2",
    "一带一路",
    "\x00",
    "][",
]


def kinds_of(*project: str) -> str:
    return " ".join(kind for kind, _ in shipped_classifier().kinds(*project))


@pytest.mark.parametrize(("title", "kinds"), _TRAPS)
def test_what_is_delivered_counts(title: str, kinds: str) -> None:
    assert kinds_of(title) == kinds


@pytest.mark.parametrize(("title", "kinds"), _OTHER_LANGUAGES)
def test_titles_in_other_languages(title: str, kinds: str) -> None:
    assert kinds_of(title) == kinds


@pytest.mark.parametrize("title", _UNSURE)
def test_a_title_that_says_nothing_has_no_kind(title: str) -> None:
    assert shipped_classifier().kinds(title) == ()


@pytest.mark.parametrize(
    ("project", "kind", "rule"),
    [
        (("Coastal railways",), "railway", 'title "railway"'),
        (("PRODEC 2", "21030"), "railway", "sector 21030"),
        (("PRODEC 2", "600"), "debt", "sector 600"),
        (("PRODEC 2", "23299"), "power-plant", "sector 23299"),
        (("PRODEC 2", "", "Construction of the ring road of Lomé"), "road", 'description "ring road"'),
        (("Embassy donates ZAR 300",), "cash", 'title "money"'),
        (("Embassy donates trinkets",), "supplies", 'title "donates"'),
        # The title precedes the code, and the code a description that only mentions something.
        (("Northern Bypass", "21030"), "road", 'title "bypass"'),
        (("PRODEC 2", "21030", "The line passes a primary school."), "railway", "sector 21030"),
        # A description that begins with a study is of a study.
        (("Lake Wind Power", "23240", "This grant funds a feasibility study of wind power."), "study", 'description "funds a feasibility study"'),
    ],
)  # fmt: skip
def test_the_rule_is_named(project: Sequence[str], kind: str, rule: str) -> None:
    assert shipped_classifier().kinds(*project)[0] == (kind, rule)


def test_a_code_that_a_long_description_does_not_bear_out_is_left() -> None:
    description = "Farmers of twelve districts learn how to keep records of harvests and prices"
    assert kinds_of("PRODEC 2", "21030", f"{description}, and sell together.") == ""
    assert kinds_of("PRODEC 2", "21030", f"{description} along the railway.") == "railway"


def test_a_category_of_sectors_does_not_say_what_is_built() -> None:
    assert kinds_of("PRODEC 2", "210") == kinds_of("PRODEC 2", "230") == ""
    assert kinds_of("PRODEC 2", "no code") == ""


def test_a_study_without_a_subject_takes_it_from_the_code() -> None:
    assert kinds_of("Feasibility study, lot 2", "23630") == "study power-grid"


def test_a_table_of_ones_own_decides_alone() -> None:
    table = parse_rules("field,match,kind,priority\ntitle,bypass,bridge,30\n")
    classifier = Classifier(table)
    assert classifier.table == table
    assert classifier.kinds("Bypasses of Lomé") == ()
    assert classifier.kinds("Two bypass roads")[0] == ("bridge", 'title "bypass"')
    assert classifier.kinds("Road", "21020", "A road.") == ()
    assert classifier.kinds("Embassy donates $5 to the clinic") == ()


def test_plurals_are_understood() -> None:
    assert kinds_of("Twenty libraries") == kinds_of("Deux hôpitaux") == "building"
    assert kinds_of("Dos hospitales") == kinds_of("Dois hospitais") == "building"


_WORDS = sorted({rule.match for rule in shipped_table().rules if rule.match[0].isalpha()})
_PHRASES = st.lists(
    st.sampled_from([*_WORDS, "China", "provides", "donates", "to", "for", "of", "$5", "million", "(", "—"]),
    max_size=8,
).map(" ".join)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), _PHRASES)


@given(_TEXTS, st.one_of(st.text(max_size=6), st.from_regex("[0-9]{3,5}")), _TEXTS)
def test_any_text_has_at_most_two_kinds(title: str, sector: str, description: str) -> None:
    kinds = shipped_classifier().kinds(title, sector, description)
    assert len(kinds) <= 2
    assert len({kind for kind, _ in kinds}) == len(kinds)
    assert all(rule for _, rule in kinds)


@given(_PHRASES, _PHRASES)
def test_letter_case_and_surrounding_space_do_not_matter(title: str, description: str) -> None:
    kinds = shipped_classifier().kinds(title, "", description)
    for changed in (str.upper, str.lower, str.title, "\n\t {} \u00a0".format):
        other = shipped_classifier().kinds(changed(title), "", changed(description))
        assert other == kinds


def test_very_long_texts_are_read_in_part() -> None:
    assert kinds_of("railway " * 100_000, "", "(" * 1_000_000) == "railway"
    assert kinds_of("(" * 1_000_000, "", "[" * 1_000_000 + "\ud800") == ""


@pytest.fixture(scope="module", params=["dev", "extra"])
def labelled(
    request: pytest.FixtureRequest, shared: Path
) -> tuple[str, list[measured.LabelledRow]]:
    if not (shared / measured.LABELS).is_dir():
        pytest.skip(f"the labelled rows are not at ../shared/{measured.LABELS}")
    return request.param, measured.labelled_rows(shared, request.param, shipped_classifier())


def test_labelled_rows_of_gcdf(labelled: tuple[str, list[measured.LabelledRow]]) -> None:
    name, rows = labelled
    sure = [row for row in rows if row.dataset == "gcdf" and row.is_sure]
    assert len(sure) == {"dev": 117, "extra": 97}[name]
    assert measured.exact(sure).value >= {"dev": 0.93, "extra": 0.9}[name]
    assert measured.built_precision(sure).value >= 0.95
    assert measured.built_recall(sure).value >= 0.92
    assert measured.goods_called_built(sure).value <= 0.02


def test_labelled_rows_of_the_crs(labelled: tuple[str, list[measured.LabelledRow]]) -> None:
    name, rows = labelled
    crs = [row for row in rows if row.dataset == "crs"]
    assert len(crs) == 40
    assert measured.exact(crs).value >= 0.75
    # The goal of 0.85 is missed on the rows that the rules were not tuned on.
    assert measured.precision(crs).value >= {"dev": 0.85, "extra": 0.75}[name]


def test_kinds_that_are_built_have_rules() -> None:
    assert {rule.kind for rule in shipped_table().rules} >= BUILT
