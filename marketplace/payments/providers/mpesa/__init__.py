"""M-Pesa (Safaricom Daraja, Kenya)."""

from marketplace.payments.providers.mpesa.provider import MpesaProvider

__all__ = ["MpesaProvider"]
