"""What stands in an admin address for a thing of one shop: page ids, revision ids, names of bulk actions."""

from collections.abc import Callable
from typing import Any

from tests.access.addresses import Params
from tests.access.world import OWN, Side


def pages(side: Side) -> list[Params]:
    """Every page of the side, with whatever an address about pages wants to know of it."""
    from wagtail.models import Page

    common = {
        "destination_id": Page.objects.get(pk=side.event.pk).get_parent().pk,
        "revision_id_a": "earliest", "revision_id_b": "latest", "action_name": "approve",
        "workflow_state_id": side.workflow_state.pk, "task_state_id": side.task_state.pk,
        "task_id": side.task_state.task_id,
    }  # fmt: skip
    found = []
    for page in (side.event, side.draft, side.product, side.shop_page):
        ids = dict.fromkeys(("page_id", "parent_page_id", "page_to_move_id", "pk"), page.pk)
        found.append({**common, **ids, "revision_id": page.revisions.earliest("pk").pk})
    return found


def a_draft(side: Side) -> list[Params]:
    return [pages(side)[1]]


def an_event(side: Side) -> list[Params]:
    return [pages(side)[0]]


def page_actions(side: Side) -> list[Params]:
    """What the admin's API can do to a page."""
    actions = ("convert_alias", "copy", "create_alias", "delete", "move", "publish", "unpublish",
               "revert_to_page_revision", "copy_for_translation")  # fmt: skip
    return [{"pk": page["pk"], "action_name": action} for page in pages(side) for action in actions]


def new_pages(side: Side) -> list[Params]:
    """Own: a new page on a shelf. Foreign: under a foreign page, where nobody's page may stand."""
    where = pages(side)[0]["destination_id"] if side.mark == OWN else side.event.pk
    kind = {"content_type_app_name": "events", "content_type_model_name": "eventpage"}
    return [{**kind, "parent_page_id": where}]


def bulk(*actions: str, of: str, kind: str) -> Callable[[Side], list[Params]]:
    """Each bulk action on one thing of the side; `kind` is "app.model"."""
    app, model = kind.split(".")
    return lambda side: [
        {"app_label": app, "model_name": model, "action": action, "?": f"id={getattr(side, of).pk}"}
        for action in actions
    ]


def every_bulk_action(side: Side) -> list[Params]:
    files = ("delete", "add_to_collection", "add_tags")
    return [
        *bulk("delete", "move", "publish", "unpublish", of="event", kind="wagtailcore.page")(side),
        *bulk("delete", "move", "publish", "unpublish", of="draft", kind="wagtailcore.page")(side),
        *bulk(*files, of="image", kind="wagtailimages.image")(side),
        *bulk(*files, of="document", kind="wagtaildocs.document")(side),
        *bulk("delete", of="venue", kind="events.venue")(side),
        *bulk("delete", of="ticket", kind="events.tickettype")(side),
        *bulk("delete", of="plan", kind="products.licenseplan")(side),
        *bulk("delete", of="seller", kind="sellers.seller")(side),
    ]


def one(of: str, *names: str, **more: Any) -> Callable[[Side], list[Params]]:
    """One thing of the side, under each of these parameter names; "pk" when none is given."""
    return lambda side: [{**dict.fromkeys(names or ("pk",), str(getattr(side, of).pk)), **more}]


def row(of: str, page: str) -> Callable[[Side], list[Params]]:
    """A row behind a page, and that page: dialogs that add know the page only."""
    return lambda side: [{"pk": getattr(side, of).pk, "page_id": getattr(side, page).pk}]


def picked(*of: str) -> Callable[[Side], list[Params]]:
    """Things named in the query, as choosers do when several are picked."""
    return lambda side: [{"?": f"id={getattr(side, name).pk}"} for name in of]


def a_session(side: Side) -> list[Params]:
    """Someone has a page of the side open in the editor."""
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone
    from wagtail.admin.models import EditingSession
    from wagtail.models import Page

    kind = ContentType.objects.get_for_model(Page)
    who = {"user": side.user, "content_type": kind, "object_id": str(side.event.pk)}
    session = EditingSession.objects.filter(**who).first()
    session = session or EditingSession.objects.create(**who, last_seen_at=timezone.now())
    return [
        {"app_label": "wagtailcore", "model_name": "page", "object_id": str(side.event.pk), "session_id": session.pk},
        {"app_label": "events", "model_name": "tickettype", "object_id": str(side.ticket.pk), "session_id": session.pk},
    ]


def given(**params: Any) -> Callable[[Side], list[Params]]:
    """The same for both sides."""
    return lambda _side: [params]


def desks(side: Side) -> list[Params]:
    """Rows of the money desks that have to do with the side's sale, whichever table they are in."""
    from marketplace.audit.models import LogEntry
    from marketplace.core.models import OutboxEvent
    from marketplace.notifications.models import Message

    order = side.sale.order
    rows = (order, order.paid_by, Message.objects.filter(key__contains=order.code).first(), OutboxEvent.objects.first(),
            LogEntry.objects.first())  # fmt: skip
    return [{"instance_pk": str(row.pk)} for row in rows if row is not None]


def a_bulk_refund(side: Side) -> list[Params]:
    """What the buyers of a date of the side were given."""
    from marketplace.commerce.models import BulkRefund

    bulk, _made = BulkRefund.objects.get_or_create(
        subject=f"date:{side.date.pk}", number=1,
        defaults={"seller": side.seller, "title": side.event.title, "takes_place": side.date.start,
                  "cause": "cancelled", "status": "done"},
    )  # fmt: skip
    return [{"pk": bulk.pk}]


def a_payout(side: Side) -> list[Params]:
    """A payout of the side's seller that has arrived, its statement and its invoice, as page and as file."""
    files = [{"what": what, "ending": ending} for what in ("statement", "invoice") for ending in ("pdf", "csv")]
    return [{"seller_id": side.seller.pk, "code": side.payout.code, **file} for file in files]


def payout_rows(side: Side) -> list[Params]:
    """The same payout and its seller's papers, as those who review them address them."""
    document = side.payout.seller.verification.documents.get()
    common = {"payout_id": side.payout.pk, "pk": document.verification_id, "document_id": str(document.pk)}
    return [{**common, "instance_pk": str(pk), "verb": "approve"} for pk in (side.payout.pk, document.verification_id)]
