from django.db import transaction

from marketplace.ledger.selectors import entry
from marketplace.ledger.services import reverse
from marketplace.payments import paybill
from marketplace.payments.errors import NotNobodys, ReferenceUnknown, WrongCurrency
from marketplace.payments.models import PaybillReceipt, PaymentEvent
from marketplace.payments.services.match_paybill import link, same_money, unallocated_key
from marketplace.payments.services.pay_by_hand import pay_by_hand
from marketplace.payments.services.story import tell

OPERATOR = str(PaymentEvent.Source.OPERATOR)


@transaction.atomic
def assign_paybill(*, receipt_id: int, reference: str, actor_id: int | None) -> PaybillReceipt:
    """A person says what nobody's money is for: it becomes a payment of that, and the room that sells decides.

    Unless that was paid by a prompt whose receipt nobody knew: then it is this money, and nothing is paid twice.

    Refuses: `not_nobodys`, `reference_unknown`, `wrong_currency`.
    """
    row = PaybillReceipt.locked(receipt_id)
    if row.status != PaybillReceipt.Status.UNALLOCATED:
        raise NotNobodys
    found = paybill.find(paybill.normalized(reference))
    if found is None:
        raise ReferenceUnknown
    if found.amount.currency != row.currency:
        raise WrongCurrency
    booked = entry(unallocated_key(row))
    if booked is None:
        raise NotNobodys
    known = same_money(row, found.reference)  # payments are locked before the books
    reverse(entry=booked, key=f"paybill:{row.receipt}:assigned")
    if known is None:
        pay_by_hand(row, found.reference, source=OPERATOR)
    else:
        link(row, known, OPERATOR)
    if row.payment is not None:
        tell(row.payment, source=OPERATOR, kind="paybill_assigned", actor=actor_id)
    return row
