"""Currency codes of ISO 4217, and signs and words that are written instead of them."""

#: Codes in use, from the standard's list one (2024): money and units of account. Precious metals,
#: the code for testing (XTS) and the code for no currency (XXX) are left out, as none is money.
_IN_USE = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN
BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD
FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF XSU XUA YER ZAR ZMW ZWG ZWL
"""
#: Codes withdrawn since 1978, of list three: older loans are stated in them.
_WITHDRAWN = """
ADP AFA ALK AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGL BOP BRB BRC BRE BRN BRR BUK BYB
BYR CSD CSK CYP DDM DEM ECS ECV EEK ESA ESB ESP FIM FRF GEK GHC GNS GQE GRD GWE GWP HRD IDJ IEP ILP
ILR ISJ ITL LAJ LTL LTT LUC LUF LUL LVL LVR MGF MLF MRO MTL MTP MVQ MXP MZE MZM NIC NLG PEH PEI PES
PLZ PTE RHD ROL RUR SDD SDP SIT SKK SRG STD SUR TJR TMM TPE TRL UAK UGS UGW UYN UYP VEB VEF VNC XEU
XFO XFU XRE YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWN ZWR
"""
CODES = frozenset(f"{_IN_USE} {_WITHDRAWN}".split())

#: Signs, abbreviations and words in capitals, and the codes that they may mean.
_INSTEAD: dict[str, tuple[str, ...]] = {
    "RMB": ("CNY",), "CNH": ("CNY",), "CN¥": ("CNY",), "YUAN": ("CNY",), "RENMINBI": ("CNY",),
    "元": ("CNY",), "人民币": ("CNY",), "人民幣": ("CNY",), "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"), "円": ("JPY",), "YEN": ("JPY",), "日元": ("JPY",),
    "SDR": ("XDR",), "SDRS": ("XDR",), "$": ("USD",), "US$": ("USD",), "USD$": ("USD",),
    "$US": ("USD",), "US": ("USD",), "DOLLAR": ("USD",), "DOLLARS": ("USD",), "美元": ("USD",),
    "DÓLAR": ("USD",), "DÓLARES": ("USD",), "ДОЛЛ": ("USD",), "REAIS": ("BRL",),
    "€": ("EUR",), "EURO": ("EUR",), "EUROS": ("EUR",), "欧元": ("EUR",), "ECU": ("XEU",),
    "£": ("GBP",), "STG": ("GBP",), "UKP": ("GBP",), "英镑": ("GBP",), "R$": ("BRL",),
    "HK$": ("HKD",), "港元": ("HKD",), "NT$": ("TWD",), "NTD": ("TWD",), "A$": ("AUD",),
    "C$": ("CAD",), "S$": ("SGD",), "₽": ("RUB",), "卢布": ("RUB",), "₹": ("INR",),
    "₩": ("KRW", "KPW"), "₦": ("NGN",), "₪": ("ILS",), "NIS": ("ILS",), "₫": ("VND",),
    "₸": ("KZT",), "฿": ("THB",), "₱": ("PHP",), "₺": ("TRY",), "RM": ("MYR",),
    "RS": ("PKR", "INR"), "KSH": ("KES",), "KSHS": ("KES",), "TSH": ("TZS",), "USH": ("UGX",),
    "BIRR": ("ETB",), "CFA": ("XOF", "XAF"), "FCFA": ("XOF", "XAF"), "DM": ("DEM",), "FF": ("FRF",),
}  # fmt: skip


def instead_of(text: str) -> tuple[str, ...]:
    """Return the codes that a sign, an abbreviation or a word for a currency may mean.

    >>> instead_of("rmb"), instead_of("CFA"), instead_of("galleons")
    (('CNY',), ('XOF', 'XAF'), ())
    """
    return _INSTEAD.get("".join(text.upper().split()), ())


def currency_code(text: str) -> str:
    """Return a currency code in capitals.

    Raises:
        KeyError: the text is not a currency code.

    >>> currency_code("cny")
    'CNY'
    """
    code = text.upper()
    if code not in CODES:
        raise KeyError(text)
    return code


def currency_advice(text: str) -> str:
    """Return a hint on what to write instead of a text that is not a currency code.

    >>> currency_advice("yuan"), currency_advice("galleons")
    ('Write CNY.', 'Write a code such as CNY, USD or XDR.')
    """
    codes = " or ".join(instead_of(text))
    return f"Write {codes}." if codes else "Write a code such as CNY, USD or XDR."
