"""Providers, their addresses and keys. Rooms read these through their own typed `conf.py`."""

from config.settings.parts.values import E

PAYMENT_PROVIDERS = {
    "mpesa": "marketplace.payments.providers.mpesa.MpesaProvider",
    "stripe": "marketplace.payments.providers.stripe.StripeProvider",
}
STRIPE = {
    "secret_key": E["STRIPE_SECRET_KEY"],
    "webhook_secrets": E["STRIPE_WEBHOOK_SECRETS"],
    "api_base": E["STRIPE_API_BASE"].rstrip("/"),
}
MPESA = {
    "base_url": E["MPESA_BASE_URL"].rstrip("/"),
    "consumer_key": E["MPESA_CONSUMER_KEY"],
    "consumer_secret": E["MPESA_CONSUMER_SECRET"],
    "shortcode": E["MPESA_SHORTCODE"],
    "party_b": E["MPESA_PARTY_B"] or E["MPESA_SHORTCODE"],
    "transaction_type": E["MPESA_TRANSACTION_TYPE"],
    "passkey": E["MPESA_PASSKEY"],
    "callback_ips": E["MPESA_CALLBACK_IPS"],
    "confirm": E["MPESA_CONFIRM"],
    "confirm_above_minor": E["MPESA_CONFIRM_ABOVE"],
    "initiator": E["MPESA_INITIATOR"],
    "initiator_password": E["MPESA_INITIATOR_PASSWORD"],
    "certificate": E["MPESA_CERTIFICATE"],
    "b2c_shortcode": E["MPESA_B2C_SHORTCODE"] or E["MPESA_SHORTCODE"],
    "float_low_minor": E["MPESA_FLOAT_LOW"],
}
BANK_ACCOUNT = {
    "name": E["BANK_ACCOUNT_NAME"], "account": E["BANK_ACCOUNT"], "bic": E["BANK_ACCOUNT_BIC"]
}  # fmt: skip
RISK_HOLD_SCORE = E["RISK_HOLD_SCORE"]
PAYBILL_UNKNOWN = E["PAYBILL_UNKNOWN"]
TRUSTED_PROXIES = E["TRUSTED_PROXIES"]
HOLD_SECONDS = E["HOLD_MINUTES"] * 60
