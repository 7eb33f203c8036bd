from hypothesis import given
from hypothesis import strategies as st

from marketplace.commerce.pricing import Fee, Item, Rate, price_unit, quote

NO_FEE = Fee(0, 0, passed_on=False)
VAT = Rate("VAT", "KE", 1600, included=True)


def item(
    base: int = 100_000, quantity: int = 1, fee: Fee = NO_FEE, rate: Rate | None = None, key: int = 1, seller: int = 1
) -> Item:
    return Item(key=key, seller_id=seller, base=base, quantity=quantity, fee=fee, rate=rate)


def test_an_absorbed_fee_leaves_the_price_and_takes_from_the_seller():
    priced = quote([item(quantity=2, fee=Fee(500, 2_000, passed_on=False))], "KES")
    (line,) = priced.lines
    assert priced.total.minor == 200_000
    assert (line.fee, line.seller_share) == (14_000, 186_000)
    assert priced.fee.minor == 0


def test_a_passed_on_fee_is_part_of_the_unit_price_in_whole_shillings():
    unit = price_unit(base=99_900, fee=Fee(550, 0, passed_on=True), rate=None, currency="KES")
    assert (unit.fee, unit.all_in) == (5_500, 105_400)
    priced = quote([item(base=99_900, quantity=3, fee=Fee(550, 0, passed_on=True))], "KES")
    assert priced.total.minor == 3 * 105_400
    assert priced.lines[0].seller_share == 3 * 99_900


def test_included_tax_is_worked_out_on_the_sum_and_shared_without_loss():
    lines = [item(base=33_300, key=key, rate=VAT) for key in (1, 2, 3)]
    priced = quote(lines, "KES")
    whole = (99_900 * 1600 * 2 + 11_600) // (2 * 11_600)
    assert sum(line.tax for line in priced.lines) == whole
    assert max(line.tax for line in priced.lines) - min(line.tax for line in priced.lines) <= 1
    assert priced.total.minor == 99_900
    assert priced.taxes() == [(VAT, priced.taxes()[0][1])]
    assert priced.taxes()[0][1].minor == whole


def test_added_tax_is_part_of_the_unit_price():
    added = Rate("Sales tax", "US", 825, included=False)
    priced = quote([item(base=1_999, quantity=3, rate=added)], "USD")
    assert priced.lines[0].unit.tax == 165
    assert priced.tax.minor == 495
    assert priced.total.minor == 3 * (1_999 + 165)


def test_what_is_free_bears_no_fee_and_no_tax():
    priced = quote([item(base=0, quantity=4, fee=Fee(500, 2_000, passed_on=True), rate=VAT)], "KES")
    assert (priced.total.minor, priced.lines[0].fee, priced.lines[0].tax) == (0, 0, 0)


def test_a_fee_larger_than_the_price_takes_no_more_than_there_is():
    priced = quote([item(base=1_000, fee=Fee(5_000, 5_000, passed_on=False), rate=VAT)], "KES")
    assert priced.lines[0].seller_share == 0


def test_sums_of_two_sellers_do_not_mix():
    fee = Fee(333, 0, passed_on=False)
    apart = [quote([item(base=base, fee=fee, seller=s)], "USD").lines[0].fee for s, base in ((1, 101), (2, 107))]
    together = quote([item(base=101, fee=fee, seller=1, key=1), item(base=107, fee=fee, seller=2, key=2)], "USD")
    assert [line.fee for line in together.lines] == apart


fees = st.builds(Fee, st.integers(0, 5_000), st.integers(0, 10_000), passed_on=st.booleans())
rates = st.none() | st.builds(
    Rate, st.just("VAT"), st.sampled_from(["KE", "US"]), st.integers(0, 10_000), included=st.booleans()
)
items = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 10**9), st.integers(1, 500), fees, rates), min_size=1, max_size=8
).map(lambda rows: [item(b, q, f, r, key=k, seller=s) for k, (s, b, q, f, r) in enumerate(rows)])


@given(items, st.sampled_from(["KES", "USD", "JPY", "KWD"]))
def test_parts_always_add_up_and_are_never_negative(cart: list[Item], currency: str):
    priced = quote(cart, currency)
    assert priced.total == priced.subtotal + priced.fee + priced.tax
    for line in priced.lines:
        assert min(line.subtotal, line.fee, line.tax, line.seller_share, line.tax_base) >= 0
        assert line.total == line.seller_share + line.fee + line.tax
        assert line.total == line.unit.all_in * line.item.quantity
        unit = price_unit(base=line.item.base, fee=line.item.fee, rate=line.item.rate, currency=currency)
        assert unit == line.unit, "the price shown before the cart is the price charged"
    assert sum(minor.minor for _, minor in priced.taxes()) == sum(line.tax for line in priced.lines)


@given(items)
def test_shillings_are_always_whole(cart: list[Item]):
    priced = quote(cart, "KES")
    for amount in (priced.subtotal, priced.fee, priced.tax, priced.total):
        assert amount.minor % 100 == 0
    assert all(line.unit.all_in % 100 == 0 for line in priced.lines)


@given(items, st.randoms())
def test_the_order_of_lines_changes_no_total(cart: list[Item], random):
    shuffled = random.sample(cart, len(cart))
    assert quote(cart, "USD").total == quote(shuffled, "USD").total
    assert sum(line.tax for line in quote(cart, "USD").lines) == sum(line.tax for line in quote(shuffled, "USD").lines)
