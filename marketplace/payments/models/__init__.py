from marketplace.payments.models.inbox import InboxMessage
from marketplace.payments.models.payment import Payment, PaymentClient
from marketplace.payments.models.story import PaymentEvent
from marketplace.payments.models.token import ProviderToken

__all__ = ["InboxMessage", "Payment", "PaymentClient", "PaymentEvent", "ProviderToken"]
