"""Money on screens and in data files."""

from support.command_line import NEW_SOURCE, answer, run


def test_tables_show_money_to_the_cent_and_data_all_of_it(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    text = (
        "project,kind,amount,currency,amount_usd,maturity\n"
        "Alpha,pledge,1234567.891,CNY,180000.5,12.5\nBeta,pledge,40,CNY,,\n"
    )
    run(*base, "load", "finance", "-", *NEW_SOURCE, stdin=text)
    command = (*base, "query", "finance", "--source", "notes", "--columns", "amount,amount_usd")
    for format_ in ("table", "markdown"):
        shown = answer(*command, "-f", format_)
        assert "1,234,567.89 " in shown
        assert " 40.00" in shown
        assert "180,000.50" in shown
    assert answer(*command, "-f", "csv").splitlines()[1:] == ["1234567.891,180000.5", "40,"]
    # A duration is no money.
    assert "12.5\n" in answer(
        *base, "query", "finance", "--where", "maturity > 0", "--columns", "maturity"
    )
    groups = answer(
        *base, "query", "finance", "--group-by", "kind", "--measure", "sum:amount,max:amount"
    )
    assert "1,234,607.89" in groups
    assert "1,234,567.89" in groups
