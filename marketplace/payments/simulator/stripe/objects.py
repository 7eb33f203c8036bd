"""Blank objects with every field the pinned SDK's classes declare (a test compares), null unless said otherwise."""

from typing import Any

from marketplace.payments.simulator.state import Json

FIELDS = {
    "checkout.session": """id object adaptive_pricing after_expiration allow_promotion_codes
        allowed_payment_method_types amount_subtotal amount_total automatic_tax billing_address_collection
        branding_settings cancel_url client_reference_id client_secret collected_information consent
        consent_collection created currency currency_conversion custom_fields custom_text customer customer_account
        customer_creation customer_details customer_email discounts excluded_payment_method_types expires_at
        integration_identifier invoice invoice_creation livemode locale managed_payments metadata mode
        name_collection optional_items origin_context payment_intent payment_link payment_method_collection
        payment_method_configuration_details payment_method_options payment_method_types payment_status permissions
        phone_number_collection presentment_details recovered_from redirect_on_completion return_url
        saved_payment_method_options setup_intent shipping_address_collection shipping_cost shipping_options status
        submit_type subscription success_url tax_id_collection total_details ui_mode url wallet_options""",
    "payment_intent": """id object allowed_payment_method_types amount amount_capturable amount_details
        amount_received application application_fee_amount automatic_payment_methods canceled_at
        cancellation_reason capture_method client_secret confirmation_method created currency customer
        customer_account description excluded_payment_method_types hooks last_payment_error latest_charge livemode
        managed_payments metadata next_action on_behalf_of payment_details payment_method
        payment_method_configuration_details payment_method_options payment_method_types payment_record
        presentment_details processing receipt_email review setup_future_usage shipping source statement_descriptor
        statement_descriptor_suffix status transfer_data transfer_group""",
    "charge": """id object amount amount_captured amount_refunded application application_fee
        application_fee_amount authorization_code balance_transaction billing_details
        calculated_statement_descriptor captured created currency customer description disputed
        failure_balance_transaction failure_code failure_message fraud_details level3 livemode metadata on_behalf_of
        outcome paid payment_intent payment_method payment_method_details presentment_details radar_options
        receipt_email receipt_number receipt_url refunded review shipping source source_transfer
        statement_descriptor statement_descriptor_suffix status transfer transfer_data transfer_group""",
    "refund": """id object amount balance_transaction charge created currency customer customer_account description
        destination_details failure_balance_transaction failure_reason instructions_email metadata next_action
        payment_intent payment_method pending_reason presentment_details reason receipt_number
        source_transfer_reversal status transfer_reversal""",
    "balance_transaction": """id object amount available_on balance_type created currency description exchange_rate
        fee fee_details net reporting_category source status type""",
    "dispute": """id object amount balance_transactions charge created currency enhanced_eligibility_types evidence
        evidence_details intended_submission_method is_charge_refundable livemode metadata network_reason_code
        payment_intent payment_method_details reason status""",
    "account": """id object business_profile business_type capabilities charges_enabled company controller country
        created default_currency details_submitted email external_accounts future_requirements groups individual
        metadata payouts_enabled requirements settings tos_acceptance type""",
    "transfer": """id object amount amount_reversed balance_transaction created currency description destination
        destination_payment livemode metadata reversals reversed source_transaction source_type transfer_group""",
    "transfer_reversal": """id object amount balance_transaction created currency destination_payment_refund metadata
        source_refund transfer""",
    "payout": """id object amount application_fee application_fee_amount arrival_date automatic balance_transaction
        created currency description destination failure_balance_transaction failure_code failure_message livemode
        metadata method original_payout payout_method reconciliation_status reversed_by source_type
        statement_descriptor status trace_id type""",
    "item": """id object adjustable_quantity amount_discount amount_subtotal amount_tax amount_total currency
        description discounts metadata price quantity taxes""",
    "price": """id object active billing_scheme created currency custom_unit_amount livemode lookup_key metadata
        nickname product recurring tax_behavior tiers_mode transform_quantity type unit_amount
        unit_amount_decimal""",
    "payment_method": "id object allow_redisplay billing_details card created customer livemode metadata type",
}

FILLED: dict[str, Json] = {
    "checkout.session": {
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
        "custom_fields": [], "discounts": [], "payment_method_types": ["card"], "shipping_options": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "invoice_creation": {"enabled": False, "invoice_data": {}}, "phone_number_collection": {"enabled": False},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}}, "origin_context": None,
        "managed_payments": {"enabled": False}, "wallet_options": None, "payment_method_collection": "if_required",
    },
    "payment_intent": {
        "amount_capturable": 0, "amount_received": 0, "confirmation_method": "automatic",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}}, "payment_method_types": ["card"],
    },
    "charge": {
        "amount_captured": 0, "amount_refunded": 0, "disputed": False, "fraud_details": {}, "radar_options": {},
        "refunded": False,
    },
    "balance_transaction": {"balance_type": "payments", "fee": 0, "fee_details": []},
    "dispute": {
        "balance_transactions": [], "enhanced_eligibility_types": [], "evidence": {}, "network_reason_code": "10.4",
    },
    "account": {
        "business_profile": {}, "charges_enabled": False, "details_submitted": False, "payouts_enabled": False,
        "external_accounts": {"object": "list", "data": [], "has_more": False, "url": "/v1/accounts/external_accounts"},
        "settings": {"payouts": {"debit_negative_balances": True, "schedule": {"delay_days": 2, "interval": "daily"}}},
    },
    "transfer": {"amount_reversed": 0, "reversed": False},
    "payout": {"type": "bank_account", "automatic": False},
    "item": {"amount_discount": 0, "amount_tax": 0, "discounts": [], "taxes": []},
    "price": {"active": False, "billing_scheme": "per_unit", "tax_behavior": "unspecified", "type": "one_time"},
    "payment_method": {"allow_redisplay": "limited", "type": "card"},
}  # fmt: skip


def blank(kind: str, **values: Any) -> Json:
    """Return a new object of a kind: all declared fields, then the given ones."""
    doc: Json = dict.fromkeys(FIELDS[kind].split())
    doc |= {"object": kind, **FILLED.get(kind, {}), **values}
    for name in ("livemode", "metadata"):
        if name in doc and doc[name] is None:
            doc[name] = False if name == "livemode" else {}
    return doc
