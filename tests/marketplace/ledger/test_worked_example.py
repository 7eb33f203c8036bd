"""One sale and everything that can become of it, posting by posting, in shillings.

The buyer pays 1,160: 1,000 and 160 of tax. Our commission is 100, an affiliate gets 50 of the seller's part, and 850
remain to the seller.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction

from marketplace.ledger.accounts import AccountKey, Code, of_seller
from marketplace.ledger.models import Entry
from marketplace.ledger.selectors import currencies, trial_balance
from marketplace.ledger.services import LedgerError, Overdrawn, draw, post, reverse

pytestmark = pytest.mark.django_db

SELLER = "seller:7"
STRIPE, MPESA, FLOAT = AccountKey(Code.STRIPE_CLEARING), AccountKey(Code.MPESA_CLEARING), AccountKey(Code.MPESA_FLOAT)
RECEIVABLE, DISPUTED = of_seller(Code.SELLER_RECEIVABLE, 7), AccountKey(Code.DISPUTED_FUNDS)
PENDING, AVAILABLE = of_seller(Code.SELLER_PENDING, 7), of_seller(Code.SELLER_AVAILABLE, 7)
RESERVE, HELD = of_seller(Code.SELLER_RESERVE, 7), of_seller(Code.SELLER_DISPUTE_HOLD, 7)
TRANSIT = of_seller(Code.PAYOUT_IN_TRANSIT, 7)
AFFILIATE, AFFILIATE_FREE = (AccountKey(c, "affiliate:3") for c in (Code.AFFILIATE_PENDING, Code.AFFILIATE_AVAILABLE))
TAX, OWN_TAX = AccountKey(Code.TAX_PAYABLE, "tax:KE"), AccountKey(Code.COMMISSION_TAX, "tax:KE")
WITHHELD = AccountKey(Code.WITHHOLDING_PAYABLE, "tax:KE")
REFUNDS, NOBODYS = AccountKey(Code.REFUNDS_IN_TRANSIT), AccountKey(Code.UNALLOCATED)
COMMISSION, RECHARGED = AccountKey(Code.COMMISSION), AccountKey(Code.RECHARGED_FEES)
GIVEN_BACK, FEES, PAYOUT_FEES = (
    AccountKey(code) for code in (Code.FEES_GIVEN_BACK, Code.PROVIDER_FEES, Code.PAYOUT_FEES)
)
PROMOTIONS, BAD_DEBT = AccountKey(Code.PROMOTIONS), AccountKey(Code.BAD_DEBT)

EARNED = {TAX: -160, COMMISSION: -100, AFFILIATE: -50, PENDING: -850}
FULL_REFUND = {PENDING: 850, AFFILIATE: 50, GIVEN_BACK: 100, TAX: 160, REFUNDS: -1160}
NOW = [Code.SELLER_PENDING]
LATER = [Code.SELLER_AVAILABLE, Code.SELLER_RESERVE]


@pytest.fixture(autouse=True)
def _books_agree() -> Iterator[None]:
    """After whatever a test books, both sides agree in every currency."""
    yield
    assert all(sum(trial_balance(currency).values()) == 0 for currency in currencies())


def book(kind: str, lines: dict[AccountKey, int], key: str = "", currency: str = "KES") -> Entry:
    return post(key=key or f"{kind}:{Entry.objects.count()}", kind=kind, currency=currency, lines=lines)


def sell(cash: AccountKey = MPESA) -> Entry:
    return book("sale", {cash: 1160, **EARNED})


def release() -> None:
    book("release", {PENDING: 850, AVAILABLE: -765, RESERVE: -85})
    book("release", {AFFILIATE: 50, AFFILIATE_FREE: -50})


def pay_out() -> Entry:
    return book("payout", {AVAILABLE: 765, TRANSIT: -713, WITHHELD: -42, RECHARGED: -10})


def take(minor: int, codes: list[Code], overflow: Code | None = Code.SELLER_RECEIVABLE) -> dict[AccountKey, int]:
    with transaction.atomic():
        return draw(owner=SELLER, currency="KES", minor=minor, codes=codes, overflow=overflow)


def sheet(currency: str = "KES") -> dict[str, int]:
    """Balances by account code, those at zero left out."""
    return {code: minor for code, minor in trial_balance(currency).items() if minor}


def test_sale():
    sell()
    assert sheet() == {"1020": 1160, "2310": -160, "4010": -100, "2210": -50, "2110": -850}


def test_sale_with_tax_on_our_commission():
    book("sale", {MPESA: 1160, **EARNED, OWN_TAX: -16, PENDING: -834})
    assert sheet() == {"1020": 1160, "2310": -160, "4010": -100, "2210": -50, "2330": -16, "2110": -834}


def test_provider_fee_borne_by_us_or_by_the_seller():
    sell()
    book("provider_fee", {FEES: 6, MPESA: -6})
    book("provider_fee", {PENDING: 6, MPESA: -6})
    assert sheet() == {"1020": 1148, "5010": 6, "2310": -160, "4010": -100, "2210": -50, "2110": -844}


def test_release_with_a_reserve_that_matures():
    sell()
    release()
    assert sheet() == {"1020": 1160, "2310": -160, "4010": -100, "2220": -50, "2120": -765, "2130": -85}
    book("reserve_matured", {RESERVE: 85, AVAILABLE: -85})
    assert sheet() == {"1020": 1160, "2310": -160, "4010": -100, "2220": -50, "2120": -850}


def test_payout_confirmed():
    sell()
    release()
    pay_out()
    owed = {"1020": 1160, "2310": -160, "4010": -100, "2220": -50, "2130": -85, "2320": -42, "4030": -10}
    assert sheet() == {**owed, "2140": -713}
    book("payout_settled", {TRANSIT: 713, FLOAT: -713})
    book("payout_fee", {PAYOUT_FEES: 5, FLOAT: -5})
    assert sheet() == {**owed, "1030": -718, "5020": 5}


def test_payout_failed_is_the_exact_reversal():
    sell()
    release()
    before = sheet()
    payout = pay_out()
    undo = reverse(entry=payout, key="payout:1:failed")
    assert sheet() == before
    assert {(p.account_id, -p.minor) for p in undo.postings.all()} == {
        (p.account_id, p.minor) for p in payout.postings.all()
    }


@pytest.mark.parametrize("cash", [MPESA, FLOAT])
def test_full_refund_before_release(cash: AccountKey):
    sell()
    book("refund", {**take(850, NOW), AFFILIATE: 50, GIVEN_BACK: 100, TAX: 160, REFUNDS: -1160})
    assert sheet() == {"1020": 1160, "2410": -1160, "4010": -100, "4900": 100}
    book("refund_settled", {REFUNDS: 1160, cash: -1160})
    assert sheet() == {"4010": -100, "4900": 100, **({} if cash is MPESA else {"1020": 1160, "1030": -1160})}


def test_refund_after_payout_takes_available_then_reserve_then_what_the_seller_owes():
    sell()
    release()
    pay_out()
    sell()
    book("release", {PENDING: 600, AVAILABLE: -600})
    lines = take(850, LATER)
    assert lines == {AVAILABLE: 600, RESERVE: 85, RECEIVABLE: 165}
    book("refund", {**lines, AFFILIATE_FREE: 50, GIVEN_BACK: 100, TAX: 160, REFUNDS: -1160})
    assert (sheet()["1110"], sheet().get("2120"), sheet().get("2130")) == (165, None, None)


def test_new_earnings_pay_what_the_seller_owes():
    sell()
    release()
    pay_out()
    book("refund", {**take(850, LATER), AFFILIATE_FREE: 50, GIVEN_BACK: 100, TAX: 160, REFUNDS: -1160})
    assert sheet()["1110"] == 765
    sell()
    book("release", {PENDING: 850, AVAILABLE: -850})
    book("recovered", {AVAILABLE: 765, RECEIVABLE: -765})
    assert (sheet().get("1110"), sheet()["2120"]) == (None, -85)


def open_dispute() -> dict[AccountKey, int]:
    """Returns what the seller's share was taken from."""
    book("dispute_opened", {DISPUTED: 1160, STRIPE: -1160})
    lines = take(850, [*NOW, *LATER])
    book("dispute_opened", {**lines, HELD: -850})
    return lines


def test_dispute_opened():
    sell(STRIPE)
    open_dispute()
    assert sheet() == {"1120": 1160, "2150": -850, "2310": -160, "4010": -100, "2210": -50}


def test_dispute_opened_after_the_money_went_out():
    sell(STRIPE)
    release()
    pay_out()
    assert open_dispute() == {RESERVE: 85, RECEIVABLE: 765}
    assert (sheet()["2150"], sheet()["1110"]) == (-850, 765)


def test_dispute_won_gives_back_where_it_came_from():
    sell(STRIPE)
    release()
    before = sheet()
    lines = open_dispute()
    book("dispute_won", {STRIPE: 1160, DISPUTED: -1160})
    book("dispute_won", {HELD: 850, **{key: -minor for key, minor in lines.items()}})
    assert sheet() == before


def test_dispute_lost_with_its_fee():
    sell(STRIPE)
    open_dispute()
    book("dispute_lost", {HELD: 850, AFFILIATE: 50, GIVEN_BACK: 100, TAX: 160, DISPUTED: -1160})
    book("dispute_fee", {FEES: 15, STRIPE: -15})
    sell(STRIPE)
    book("release", {PENDING: 850, AVAILABLE: -850})
    book("fee_recharged", {AVAILABLE: 15, RECHARGED: -15})
    assert sheet() == {
        "1010": 1145, "2120": -835, "2210": -50, "2310": -160, "4010": -200, "4030": -15, "4900": 100, "5010": 15
    }  # fmt: skip


def test_dispute_lost_at_another_exchange_rate():
    sell(STRIPE)
    open_dispute()
    lost = {HELD: 850, AFFILIATE: 50, GIVEN_BACK: 100, TAX: 160}
    book("dispute_lost", {**lost, AccountKey(Code.FX_RESULT): 7, DISPUTED: -1167})
    assert (sheet()["5220"], sheet()["1120"]) == (7, -7)


def test_paybill_money_that_fits_nothing_and_then_does():
    book("unallocated", {MPESA: 1160, NOBODYS: -1160})
    assert sheet() == {"1020": 1160, "2910": -1160}
    book("allocated", {NOBODYS: 1160, **EARNED})
    assert sheet() == {"1020": 1160, "2310": -160, "4010": -100, "2210": -50, "2110": -850}


def test_paybill_money_that_is_sent_back():
    book("unallocated", {MPESA: 1160, NOBODYS: -1160})
    book("refund", {NOBODYS: 1160, REFUNDS: -1160})
    book("refund_settled", {REFUNDS: 1160, FLOAT: -1160})
    assert sheet() == {"1020": 1160, "1030": -1160}


def test_a_discount_we_pay_and_its_refund():
    book("sale", {MPESA: 960, PROMOTIONS: 200, **EARNED})
    assert sheet() == {"1020": 960, "5130": 200, "2310": -160, "4010": -100, "2210": -50, "2110": -850}
    book("refund", {**FULL_REFUND, REFUNDS: -960, PROMOTIONS: -200})
    assert sheet() == {"1020": 960, "2410": -960, "4010": -100, "4900": 100}


def test_a_payout_in_another_currency():
    book("sale", {STRIPE: 1000, PENDING: -1000}, currency="USD")
    book("release", {PENDING: 1000, AVAILABLE: -1000}, currency="USD")
    exchange = AccountKey(Code.FX_CLEARING)
    book("exchange", {AVAILABLE: 1000, exchange: -1000}, currency="USD")
    book("exchange", {exchange: 129_000, TRANSIT: -129_000})
    book("exchange", {AccountKey(Code.FX_RESULT): 400, exchange: -400})
    assert sheet("USD") == {"1010": 1000, "9010": -1000}
    assert sheet("KES") == {"2140": -129_000, "5220": 400, "9010": 128_600}


def test_a_debt_nobody_will_pay():
    sell()
    release()
    pay_out()
    book("refund", {**take(850, LATER), AFFILIATE_FREE: 50, GIVEN_BACK: 100, TAX: 160, REFUNDS: -1160})
    book("write_off", {BAD_DEBT: 765, RECEIVABLE: -765})
    assert (sheet().get("1110"), sheet()["5120"]) == (None, 765)


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("sale", {MPESA: 1160, **EARNED, PENDING: -50, AVAILABLE: -800}),  # skips the hold
        ("release", {PENDING: 850, TRANSIT: -850}),  # skips the review
        ("payout", {RESERVE: 85, TRANSIT: -85}),  # pays out the reserve
        ("payout", {AVAILABLE: 765, FLOAT: -765}),  # is not under way first
        ("payout_settled", {AVAILABLE: 713, FLOAT: -713}),  # was never under way
        ("refund", {PENDING: 850, MPESA: -850}),  # is not under way first
        ("refund", {COMMISSION: 100, REFUNDS: -100}),  # 4900 shows what was given back
        ("refund_settled", {PENDING: 850, MPESA: -850}),  # takes the seller's money twice
        ("dispute_lost", {AVAILABLE: 850, DISPUTED: -850}),  # the share was set aside when it was opened
        ("write_off", {BAD_DEBT: 5, PENDING: -5}),  # is a gift
        ("provider_fee", {MPESA: 6, FEES: -6}),  # the wrong way round
    ],
)
def test_what_balances_and_is_wrong_is_refused(kind: str, lines: dict[AccountKey, int]):
    sell()
    release()
    with pytest.raises(LedgerError):
        book(kind, lines)


def test_a_guarded_account_never_goes_below_zero():
    sell()
    with pytest.raises(Overdrawn, match="2110:seller:7"):
        book("release", {PENDING: 851, AVAILABLE: -851})
    with pytest.raises(Overdrawn):
        book("release", {of_seller(Code.SELLER_PENDING, 8): 1, of_seller(Code.SELLER_AVAILABLE, 8): -1})
    assert sheet()["2110"] == -850
    assert Entry.objects.count() == 1


def test_a_reversal_cannot_take_what_has_moved_on_either():
    entry = sell()
    release()
    with pytest.raises(Overdrawn):
        reverse(entry=entry, key="undo")


def test_a_repeat_finds_what_it_booked_although_the_account_is_empty_now():
    sell()
    first = book("release", {PENDING: 850, AVAILABLE: -850}, key="release:1")
    assert book("release", {PENDING: 850, AVAILABLE: -850}, key="release:1") == first


def test_draw_says_when_there_is_not_enough_and_nothing_to_fall_back_on():
    sell()
    assert take(850, NOW, overflow=None) == {PENDING: 850}
    with pytest.raises(Overdrawn, match="1 KES"):
        take(851, NOW, overflow=None)
    assert take(0, NOW) == {}
