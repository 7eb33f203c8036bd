"""The sums of one payout, for any amounts."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.payouts.services.levies import of_rate
from marketplace.payouts.services.sums import sums_of


def test_the_example_with_tax_fee_and_whole_shillings() -> None:
    sums = sums_of(available=76_550, basis_points=500, fee=1_000, step=100)
    assert sums is not None
    assert (sums.net, sums.withholding, sums.fee, sums.gross, sums.carried) == (71_700, 3_826, 1_000, 76_526, 24)


def test_nothing_is_sent_when_tax_and_fee_eat_it() -> None:
    assert sums_of(available=1_099, basis_points=500, fee=1_000, step=100) is None
    assert sums_of(available=500, basis_points=10_000) is None
    assert sums_of(available=3_900, basis_points=0, fee=3_000, step=100, smallest=1_000) is None
    assert sums_of(available=4_000, basis_points=0, fee=3_000, step=100, smallest=1_000) is not None


def test_beyond_the_rails_largest_amount_the_rest_is_carried() -> None:
    sums = sums_of(available=30_000_000, basis_points=0, step=100, largest=25_000_000)
    assert sums is not None
    assert (sums.net, sums.carried) == (25_000_000, 5_000_000)


@given(
    available=st.integers(1, 10**9), basis_points=st.integers(0, 9_999), added=st.integers(0, 10**6),
    fee=st.integers(0, 10**5), step=st.sampled_from([1, 10, 100]), largest=st.integers(10_000, 10**9),
)  # fmt: skip
def test_it_adds_up_in_whole_units_and_pays_the_most_it_can(
    available: int, basis_points: int, added: int, fee: int, step: int, largest: int
) -> None:
    sums = sums_of(
        available=available, basis_points=basis_points, added_base=added, fee=fee, step=step, largest=largest
    )
    most = available - of_rate(available + added, basis_points) - fee
    if sums is None:
        assert min(most, largest) < step
        return
    assert sums.gross == sums.net + sums.withholding + sums.fee
    assert available == sums.gross + sums.carried
    assert sums.carried >= 0
    assert sums.withholding == of_rate(sums.gross + added, basis_points)
    assert sums.net % step == 0
    assert min(most, largest) - step < sums.net <= min(most, largest)
