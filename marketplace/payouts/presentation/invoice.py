"""Our commission as an invoice to the seller. Its numbers were fixed when it was issued; here they are only shown."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.core.money import Money
from marketplace.payouts import conf
from marketplace.payouts.models import CommissionInvoice, CommissionInvoiceLine, Verification
from marketplace.payouts.presentation.document import Document


def invoice_document(invoice: CommissionInvoice) -> Document:
    """`invoice` comes with its seller and payout."""
    currency = invoice.currency
    return Document(
        title=_("Commission invoice"),
        number=invoice.number,
        facts=_facts(invoice),
        columns=[_("Sale"), _("Order"), _("Commission"), _("Tax on it")],
        rows=[_row(line, currency) for line in invoice.lines.select_related("earning").iterator(chunk_size=2_000)],
        sums=[
            (_("Commission"), Money(invoice.fee_minor, currency)),
            (_("Tax on it"), Money(invoice.tax_minor, currency)),
            (_("Total"), Money(invoice.total_minor, currency)),
        ],
        amounts=2,
        note=_("Paid already: it was kept back from your sales. Nothing is left to pay."),
    )


def _row(line: CommissionInvoiceLine, currency: str) -> tuple[str, str, Money, Money]:
    label = line.earning.label if line.fee_minor >= 0 else _("Given back: %(sale)s") % {"sale": line.earning.label}
    return label, line.earning.reference, Money(line.fee_minor, currency), Money(line.tax_minor, currency)


def _facts(invoice: CommissionInvoice) -> list[tuple[str, str]]:
    who = Verification.objects.filter(seller=invoice.seller_id).first()
    issued = date_format(timezone.localtime(invoice.issued_at), "j F Y")
    found = [
        (_("From"), conf.platform_name()),
        (_("Our tax number"), conf.platform_tax_number()),
        (_("To"), (who.legal_name if who else "") or invoice.seller.name),
        (_("Address"), " ".join(who.address.split()) if who else ""),
        (_("Tax number"), who.tax_number_hint if who else ""),
        (_("Issued"), issued),
        (_("With payout"), invoice.payout.code),
    ]
    return [(label, value) for label, value in found if value]
