"""Mails about money that goes back, and about disputes: a title and a few plain sentences, once per key."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.commerce import order_view
from marketplace.commerce.models import Order, OrderDispute, OrderLine, OrderRefund, OrderRefundLine
from marketplace.commerce.seller_pages import seller_url
from marketplace.core.crypto import lookup_hash
from marketplace.core.money import Money
from marketplace.notifications.services import queue
from marketplace.payments.models import Payment
from marketplace.payouts.emails import addresses

Letter = tuple[str, list[str]]
"""Subject, which is the title too, and paragraphs."""


def returned(order: Order, payment: Payment, *, second: bool) -> None:
    """Money came that pays for nothing, and is on its way back."""
    with translation.override(order.locale):
        names = {"amount": payment.amount, "code": order.code}
        if second:
            text = _("A second payment of %(amount)s came in for order %(code)s, which was paid already. Your order stays as it is.")  # fmt: skip # noqa: E501
        else:
            text = _("Your payment of %(amount)s for order %(code)s came in after the order had ended, and what you wanted is gone.")  # fmt: skip # noqa: E501
        letter = (_("Your money for order %(code)s is on its way back") % names, [text % names, how_it_comes(payment)])
    to_buyer(order, f"returned:{payment.pk}", letter)


def held(order_code: str) -> None:
    """Paid, and a person looks before anything goes out: say so, and say nothing of what was found."""
    order = Order.objects.select_related("client").get(code=order_code)
    with translation.override(order.locale):
        names = {"amount": order.total, "code": order.code}
        paragraphs = [
            _("%(amount)s has arrived, thank you. You need not do anything, and please do not pay again.") % names,
            _("A person looks at this order before we hand over what you bought, as we do with some orders."),
            _("Most are looked at within a few hours, nearly all within a day."),
            _("If all is well, what you bought comes by mail. If not, you get back all you paid."),
        ]
        letter = (_("Your payment for order %(code)s is in") % names, paragraphs)
    to_buyer(order, "held", letter)


def refund(refund_id: int, what: str) -> None:
    """`decided`: what ends, and that the money is on its way; `done`: it is back; `refused`: and why."""
    row = OrderRefund.objects.select_related("order__client", "order__paid_by").get(pk=refund_id)
    with translation.override(row.order.locale):
        letter = {"decided": _decided, "done": _done, "refused": _refused}[what](row)
    to_buyer(row.order, f"refund:{row.number}:{what}", letter, rows=rows_of(row) if what == "decided" else [])


def refund_request(refund_id: int) -> None:
    """To the sellers of what is asked back: somebody waits for their answer, or for ours if it concerns several."""
    row = OrderRefund.objects.select_related("order").get(pk=refund_id)
    lines = list(row.lines.select_related("line"))
    names = {"code": row.order.code, "amount": row.amount, "reason": row.reason or "-"}
    title = _("A buyer asks for %(amount)s back, order %(code)s") % names
    if len({line.line.seller_id for line in lines}) == 1:
        page, label = "request", _("Answer the request")
        text = _("Your terms leave the answer to you. Reason given: %(reason)s") % names
        then = _("The buyer sees that the request is open until you have answered.")
    else:
        page, label = "sale", _("See the sale")
        text = _("It concerns several shops, so we answer it, by your terms. Reason given: %(reason)s") % names
        then = _("You need not do anything. Write to us if there is something we should know.")
    ids, key = [line.line_id for line in lines], f"refund:{row.number}:asked"
    _to_sellers(row.order, ids, key, (title, [text, then]), page=page, label=label)


def dispute(case_id: int, what: str) -> None:
    """To the sellers: a bank asks, and what happens to their money meanwhile; or how it ended."""
    case = OrderDispute.objects.select_related("order", "dispute__payment").get(pk=case_id)
    letter = _dispute_opened(case) if what == "opened" else _dispute_closed(case)
    lines = [part["line"] for part in case.parts]
    _to_sellers(case.order, lines, f"dispute:{case.pk}:{what}", letter, page="sale", label=_("See the sale"))


def _decided(row: OrderRefund) -> Letter:
    names = {"code": row.order.code, "amount": row.amount}
    ended = sum(len(line.positions) for line in row.lines.all())
    ends = ngettext("%(n)d ticket or license is not valid any more.", "%(n)d tickets or licenses are not valid any more.", ended)  # fmt: skip # noqa: E501
    paragraphs = [_("Reason: %(reason)s") % {"reason": row.reason}] if row.reason else []
    paragraphs += [ends % {"n": ended}] if ended else []
    if not row.amount_minor:
        return _("Part of your order %(code)s was cancelled") % names, paragraphs
    when = how_it_comes(row.order.paid_by) if row.order.paid_by else ""
    return _("Your refund of %(amount)s for order %(code)s") % names, [when, *paragraphs]


def _done(row: OrderRefund) -> Letter:
    names = {"code": row.order.code, "amount": row.amount}
    where = _("to your card") if row.order.paid_by and row.order.paid_by.provider != "mpesa" else _("to your M-Pesa")
    text = _("%(amount)s was sent back %(where)s.") % {**names, "where": where}
    return _("%(amount)s of order %(code)s is back with you") % names, [text]


def _refused(row: OrderRefund) -> Letter:
    names = {"code": row.order.code}
    paragraphs = [_("The seller has looked at your request and does not refund it. Everything you bought stays valid.")]
    paragraphs += [_("Their answer: %(answer)s") % {"answer": row.answer}] if row.answer else []
    return _("Your refund request for order %(code)s") % names, paragraphs


def how_it_comes(payment: Payment) -> str:
    if payment.provider == "mpesa":
        return _("%(amount)s goes back to the phone you paid from, usually within minutes.") % {
            "amount": _back(payment)
        }
    return _("%(amount)s goes back to the card you paid with. Banks take up to ten days to show it.") % {
        "amount": _back(payment)
    }


def _back(payment: Payment) -> str:
    return _("The money") if payment.refunded_minor < payment.amount_minor else str(payment.amount)


def _dispute_opened(case: OrderDispute) -> Letter:
    names = {"code": case.order.code, "amount": case.dispute.amount}
    due = case.dispute.evidence_due_at
    paragraphs = [
        _("The buyer's bank questions the payment of order %(code)s and has taken %(amount)s back for now.") % names,
        _("Your share is set aside, and the tickets or licenses are suspended, until the bank has decided."),
    ]
    if due:
        day = date_format(localtime(due), "j F Y")
        paragraphs.append(
            _("Send us what shows that the sale was right by %(day)s: mails, scans, delivery.") % {"day": day}
        )
    return _("A bank disputes order %(code)s") % names, paragraphs


def _dispute_closed(case: OrderDispute) -> Letter:
    names = {"code": case.order.code}
    if case.lost:
        text = _(
            "The bank decided for the buyer. The sale is undone: your share goes back, and our commission on it too."
        )
        return _("The dispute of order %(code)s was lost") % names, [text]
    text = _("The bank decided for you. Your share is yours again, and what was bought is valid again.")
    return _("The dispute of order %(code)s was won") % names, [text]


def rows_of(row: OrderRefund) -> list[dict[str, str]]:
    """How many of what went back, not how many were bought; an amount alone is of the line."""
    lines = row.lines.select_related("line")
    return [{"what": _what(one), "amount": str(Money(one.total_minor, row.currency))} for one in lines]


def _what(one: OrderRefundLine) -> str:
    named = f"{one.line.title}: {one.line.name}"
    return f"{len(one.positions)} x {named}" if one.positions else named


def to_buyer(order: Order, key: str, letter: Letter, *, rows: Sequence[dict[str, str]] = ()) -> None:
    with translation.override(order.locale):
        url, label = order_view.order_url(order), _("Open the order page")
    _send(f"order:{order.code}:{key}", order.client.email, letter, locale=order.locale, rows=rows, url=url, label=label)


def _to_sellers(
    order: Order, line_ids: Sequence[int], key: str, letter: Letter, *, page: str, label: str
) -> None:  # fmt: skip
    """To the shops' own addresses and their owners', with the way to a page about their own part of it."""
    lines = OrderLine.objects.filter(order=order, pk__in=line_ids).select_related("seller").order_by("-pk")
    first = {line.seller: line.pk for line in lines}
    for seller, line_id in sorted(first.items(), key=lambda pair: pair[0].pk):
        url = seller_url(page, line_id)
        for address in addresses(seller):
            who = lookup_hash(address, purpose="mail")[:16]
            _send(f"order:{order.code}:{key}:{seller.pk}:{who}", address, letter, url=url, label=label)


def _send(
    key: str, to: str, letter: Letter, *, locale: str = "en", rows: Sequence[dict[str, str]] = (), url: str = "",
    label: str = "",
) -> None:  # fmt: skip
    title, paragraphs = letter
    context = {
        "title": title,
        "paragraphs": [p for p in paragraphs if p],
        "rows": list(rows),
        "url": url,
        "label": label,
    }
    queue(key=key, template="order_letter", to=to, context=context, locale=locale)
