"""Words by which titles say who gives, how much money, and to whom."""

from functools import lru_cache
from types import MappingProxyType

from bricoop.domain.currencies import CODES, instead_of
from bricoop.domain.project_kinds.words import words_in


def _verbs(language: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), language)


#: Giving verbs, folded, and their language.
VERBS = MappingProxyType(
    _verbs(
        "en",
        "provides provide provided donates donate donated sends send sent signs sign signed grants"
        " granted pledges pledge pledged gives give gave funds funded finances financed offers"
        " offered contributes contribute contributed delivers delivered extends extended aids aided"
        " helps helped assists assisted builds built constructs constructed launches launched"
        " commits committed dispatches dispatched supplies supplied supports supported forgives"
        " forgave cancels cancelled canceled reschedules rescheduled suspends approves approved"
        " agrees lends lent loans loaned invests invested allocates allocated establishes"
        " established installs installed gifts presents presented sponsors sponsored awards awarded"
        " hands trains trained hosts hosted issues issued acquires acquired buys bought purchases"
        " purchased deploys deployed renovates rehabilitates repairs upgrades completes completed"
        " implements fund build train finance construct loan supply",
    )
    | _verbs(
        "fr",
        "fournit accorde octroie donne offre envoie depeche finance remet signe construit livre"
        " prete alloue debloque annule",
    )
    | _verbs(
        "es",
        "dona otorga concede proporciona entrega envia financia firma aporta construye presta"
        " ofrece condona",
    )
    | _verbs("pt", "doa fornece oferece assina constroi empresta doou perdoa")
)
#: The forms of the verbs.
VERB_FORMS = frozenset(VERBS)
#: Forms that are nouns as often: they count only where no noun could stand.
AMBIGUOUS = words_in(
    "grants funds finances offers supplies supports aids helps builds loans loan gifts "
    "presents awards hands trains hosts issues purchases upgrades repairs sign fund build "
    "train finance construct donate signs launches offre donne presta firma finance built "
    "committed supported trained sponsored established completed deployed approved invested "
    "implements completes renovates rehabilitates dona remet"
)
#: Infinitives that are nouns or adjectives as often: they count only after `to`.
AFTER_TO = words_in("fund build train finance construct loan supply")
#: Words that cannot stand before a giving verb.
NOT_BEFORE = words_in("the a an of for in and with by to on de du des la le from")
#: Words before which no form is a verb with an object: `sent from`, `launched at`.
NEVER_AFTER = words_in("( for of from by at in as under with pour")
#: Words before which an ambiguous form is a noun.
NOT_AFTER = words_in("and or on to de")
#: Verbs that may name the receiver before the goods: `supplies a hospital with beds`.
SUPPLYING = words_in(
    "supply supplies supplied provide provides provided present presents presented"
)
#: Words that may stand between two verbs: `funds and constructs`, `pledges to build`.
BETWEEN = words_in("and to also jointly will over et a y e")
#: What introduces the receiver, and the purpose, by language.
RECEIVER_WORDS = MappingProxyType({
    "en": frozenset({"to"}), "fr": frozenset({"a", "au", "aux"}), "es": frozenset({"a", "al"}),
    "pt": frozenset({"a", "ao", "aos", "as"}),
})  # fmt: skip
PURPOSE_WORDS = words_in("for pour para towards toward")
#: Infinitives after `to`, which introduce a purpose and not a receiver.
INFINITIVES = words_in(
    "build construct support assist help buy purchase procure improve rehabilitate renovate "
    "upgrade establish develop finance fund cover pay fight combat implement set promote "
    "enable enhance expand complete carry conduct study train repair equip install provide "
    "create rebuild drill reconstruct modernise modernize restore refurbish extend erect dig lay "
    "widen renew"
)

#: Nouns for money, and what may stand before them.
MONEY_NOUNS = words_in(
    "grant grants loan loans credit credits donation donations funds funding financing cash "
    "sum cheque money pret prets subvention don dons donacion prestamo credito subvencion "
    "emprestimo doacao financiamento financement subsidy subvencao agreement contract tranche "
    "facility mou"
)
MONEY_ADJECTIVES = words_in(
    "government governmental concessional concessionary preferential interest-free interest "
    "free zero-interest no-interest buyer's buyers buyer seller's supplier's supplier export "
    "commercial syndicated term soft bilateral additional emergency non-refundable policy "
    "cash low-interest partial financial framework cooperation grant loan credit line of "
    "unspecified s concessionnel concesional concessional"
)
FILLERS = words_in(
    "a an the about around approximately nearly almost over some up another additional un une "
    "una um uma"
)
MAGNITUDES = words_in(
    "million millions billion billions thousand trillion mil mill mln bn mn m b k millones "
    "milhoes milliard milliards milles hundred"
)
_MORE_CURRENCIES = (
    "rmb yuan ghc cedi cedis maloti loti pula kwacha naira rand rands shilling shillings dirham"
    " dirhams franc francs dalasi leone leones dollar dollars euro euros us usd fcfa cfa ksh ksh."
    " tsh ush birr k r mk nt p n d le s rs renminbi won yen ariary metical meticais escudos dinar"
    " dinars pounds pound kina sdr us$ rs. $us american cfaf bif dolares dolar reais yuanes"
)
#: Codes of currencies and words for them.
CURRENCIES = words_in(_MORE_CURRENCIES) | {code.lower() for code in CODES}
#: Words that come after what the goods are worth: `worth`, `valued at`.
WORTH = frozenset({"worth", "valued", "valuing", "d'une", "avaliado"})


# Few words stand beside numbers, and they are the same in all titles.
@lru_cache(maxsize=4096)
def is_currency_sign(text: str) -> bool:
    """Return whether a text is a currency's code, sign or word.

    >>> is_currency_sign("rmb"), is_currency_sign("us$"), is_currency_sign("no")
    (True, True, False)
    """
    return text in CURRENCIES or bool(instead_of(text))
