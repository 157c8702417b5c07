"""Valid files of each kind that bricoop reads, to be mutated by a fuzzer."""

import io

import openpyxl
import xlwt

from support.workbooks import ods_of

DATA = """No,Name,Country,Kind,Amount,Currency,Year,Agency,Sector
1,Lake Port,Kenya,port,"1,000.50",USD,2015,CDB; Exim Bank of China,210
2,Hill Railway,Uganda,railway,20,CNY,2016-05,,21030
3,Café Dam,Côte d'Ivoire,power-plant,,,2017-01-02,Bank X,
"""
PROFILE = b"""
title = "Works"
about = "An example."
required = ["No", "Name"]
[file]
encoding = "utf-8"
delimiter = ","
header_row = 1
[source]
key = "works"
title = "Works"
tier = 6
[styles]
thousands = ","
dates = ["%Y", "%Y-%m", "%Y-%m-%d"]
empty = ["n/a"]
[controls]
rows = 3
unique = ["No"]
sums = { No = "6" }
filled = { Name = 0.5 }
[maps]
sector_links = "sector-links"
kinds = { port = "port", railway = "railway", power-plant = "power-plant" }
[[records]]
noun = "projects"
id = ["No"]
needs = ["name"]
[records.fields]
key = { template = "works-{No}" }
name = "Name"
countries = "Country"
kind = { column = "Kind", map = "kinds", unmapped = "drop" }
started = { column = "Year", date = true }
links = { column = "Sector", map = "sector_links" }
financiers = { column = "Agency", separator = ";", delete = ["_x"] }
[[records]]
noun = "finance"
id = ["No"]
needs = ["amount"]
[records.fields]
project = { template = "works-{No}", as_key = true }
kind = { constant = "commitment" }
amount = { column = "Amount", number = true, multiply = "1000000", when = { Currency = ["USD", "CNY"] } }
currency = "Currency"
"""
QUESTION = b"""
noun = "projects"
where = ["kind = port or (started >= 2010 and not countries = Kenya)"]
sort = "-started"
[filters]
link = ["facility"]
"""
MEMO = b"""
title = "Memo on Belarus"
subtitle = "for the committee"
rule = "recommended"
base = "nominal"
[[parts]]
title = "Why"
text = "We look at **Belarus**."
[[parts]]
report = "country"
names = ["Belarus"]
sections = ["glance", "money"]
[[parts]]
title = "Loans"
total = { filters = { country = ["Belarus"], instrument = ["loan"] } }
[[parts]]
question = { noun = "projects", filters = { country = ["Belarus"] } }
"""
WIDE_DATA = """Works,,2019,,2020,,Note
No,Name,Loans,Grants,Loans,Grants,Note
1,Lake Port,"$1.5 bn",2 m,3亿,,a
2,Hill Railway,,20%,7 m,1,b
Total,,1,2,3,4,
"""
WIDE_PROFILE = """
title = "Works by year"
[file]
header_rows = 2
header_separator = " "
[source]
key = "wide"
title = "Works by year"
tier = 6
[styles]
decimal = "."
signs = ["$", "%"]
units = { m = 1000000, bn = 1000000000, "亿" = 100000000, "" = 1 }
dates = ["%y", "%d.%m.%y"]
two_digit_years = "1931-2030"
[[skip]]
when = { "Works No" = "Total*" }
because = "footer"
[unpivot]
columns = ["2019 Loans", "2019 Grants", "2020*"]
name = "Year"
value = "Money"
[[records]]
noun = "projects"
id = ["Works No"]
[records.fields]
name = { columns = ["Works Name", "Works No"] }
description = { template = ["{Note}", "{#}"] }
[[records]]
noun = "finance"
id = ["Works No", "Year"]
[records.fields]
project = "Works Name"
kind = { column = "Year", map = "kinds", unmapped = "drop" }
currency = { constant = "USD" }
amount = { column = "Money", number = true }
[maps]
kinds = { "2019 Loans" = "commitment", "2020 Loans" = "commitment", "2019 Grants" = "disbursement", "2020 Grants" = "disbursement" }
""".encode()
ROWS = (
    ("name", "kind", "countries", "started"),
    ("Lake Port", "port", "Kenya", "2015"),
    ("Hill Railway", "railway", "Uganda", "2016"),
    ("Hill Road", "road", "", ""),
)
CSV = "".join(f"{','.join(row)}\n" for row in ROWS).encode()


def workbook() -> bytes:
    """Return `ROWS` as an `.xlsx` workbook with merged cells."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in ROWS:
        page.append(row)
    page.cell(2, 4).value = 2015
    page.cell(2, 4).number_format = "0000"
    page.merge_cells("C3:C4")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def old_workbook() -> bytes:
    """Return `ROWS` as an `.xls` workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    for line, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            sheet.write(line, column, cell)
    sheet.write_merge(5, 6, 0, 0, "Hill Dam")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def open_document() -> bytes:
    """Return `ROWS` as an `.ods` workbook with repeated, merged and dated cells."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string" table:number-columns-spanned="1">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    more = (
        '<table:table-row table:number-rows-repeated="1"><table:table-cell'
        ' office:value-type="string"><text:p>Hill Dam</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2"/><table:table-cell'
        ' office:value-type="date" office:date-value="2015-01-02"/></table:table-row>'
    )
    stream = io.BytesIO()
    ods_of(stream, f'<table:table table:name="Data">{cells}{more}</table:table>')
    return stream.getvalue()
