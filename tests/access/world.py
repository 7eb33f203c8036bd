"""Two shops side by side, each with one of everything the admin can show. What is the other shop's bears a mark."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import log
from wagtail.models import Page, UploadedFile, Workflow

from marketplace.catalog.models import SellerIndexPage, SellerPage
from marketplace.core import outbox
from marketplace.payouts.models import Verification
from marketplace.payouts.services import keep_document
from marketplace.sellers.models import Seller
from marketplace.sellers.services import open_shop
from marketplace.users.models import User
from tests.factories.desks import make_sale
from tests.factories.events import make_date, make_event, make_ticket, make_venue, the_home
from tests.factories.licensing import a_file, a_version
from tests.factories.payouts import heard, make_destination, make_payout, sent
from tests.factories.products import make_plan, make_product
from tests.factories.users import make_user

OWN, FOREIGN = "MINEOWN", "ZEBRAFOREIGN"


@dataclass
class Side:
    """One shop and what belongs to it."""

    mark: str
    user: User
    seller: Seller
    event: Any
    draft: Any
    product: Any
    shop_page: Any
    revision: Any
    date: Any
    ticket: Any
    plan: Any
    version: Any
    file: Any
    venue: Any
    image: Any
    document: Any
    upload: Any
    sale: Any
    payout: Any
    workflow_state: Any
    task_state: Any


def picture(mark: str, seller: Seller, user: User) -> Any:
    content = BytesIO()
    Picture.new("RGB", (64, 48), "#c8340f").save(content, "PNG")
    return get_image_model().objects.create(
        title=f"{mark} picture",
        file=ImageFile(BytesIO(content.getvalue()), name=f"{mark.lower()}.png"),
        collection=seller.collection,
        uploaded_by_user=user,
    )


def document(mark: str, seller: Seller, user: User) -> Any:
    return get_document_model().objects.create(
        title=f"{mark} document",
        file=ContentFile(b"words", name=f"{mark.lower()}.txt"),
        collection=seller.collection,
        uploaded_by_user=user,
    )


def build(mark: str) -> Side:
    user = make_user(f"{mark.lower()}@example.com", first_name=mark, last_name="Person")
    seller = open_shop(
        name=f"{mark} shop", slug=mark.lower(), owner=user, actor_id=None, email=f"hello@{mark.lower()}.example"
    )
    venue = make_venue(name=f"{mark} hall", seller=seller, city=f"{mark} city")
    image = picture(mark, seller, user)
    event = make_event(f"{mark} event", seller=seller, venue=venue, owner=user, poster=image, summary=f"{mark} summary")
    draft = make_event(f"{mark} draft", seller=seller, venue=venue, owner=user, live=False)
    draft.save_revision(user=user, log_action=True)
    product = make_product(f"{mark} product", seller=seller, owner=user)
    shelf = SellerIndexPage.objects.first() or the_home().add_child(instance=SellerIndexPage(title="Sellers"))
    shop_page = shelf.add_child(instance=SellerPage(title=f"{mark} page", seller=seller))
    for page in (event, product, shop_page):
        page.save_revision(user=user, log_action=True).publish(user=user)
    event.save_revision(user=user, log_action=True)
    state = Workflow.objects.get().start(draft, user)
    date = make_date(event, note=f"{mark} note")
    ticket, plan = make_ticket(date, f"{mark} ticket"), make_plan(product, f"{mark} plan")
    version = a_version(product, f"1.0-{mark}")
    for row in (venue, ticket, plan, seller, image):
        log(instance=row, action="wagtail.edit", user=user)
    sale = make_sale(ticket.offer, name=f"{mark} buyer", email=f"buyer-{mark.lower()}@example.com")
    outbox.drain()
    return Side(
        mark=mark, user=user, seller=seller, event=Page.objects.get(pk=event.pk).specific, draft=draft, product=product,
        shop_page=shop_page, revision=event.revisions.earliest("pk"), date=date, ticket=ticket, plan=plan,
        version=version, file=a_file(version, name=f"{mark}.zip"), venue=venue, image=image,
        document=document(mark, seller, user), upload=upload(mark, user), sale=sale.lines.get(),
        payout=payout(mark, seller),
        workflow_state=state, task_state=state.current_task_state,
    )  # fmt: skip


def payout(mark: str, seller: Seller) -> Any:
    """One that has arrived, with our invoice; and a paper of the seller's."""
    Verification.objects.create(seller=seller, status="draft", legal_name=f"{mark} Ltd")
    keep_document(
        seller=seller, kind="identity", upload=ContentFile(b"%PDF-1.7", name=f"{mark} card.pdf"), actor_id=None
    )
    Verification.objects.update(status="approved")
    make_destination(seller)
    return heard(sent(make_payout(seller, fee=5_000, reference=f"{mark}1")), "paid")


def upload(mark: str, user: User) -> UploadedFile:
    from django.contrib.contenttypes.models import ContentType

    kind = ContentType.objects.get_for_model(get_image_model())
    return UploadedFile.objects.create(
        for_content_type=kind, uploaded_by_user=user, file=ContentFile(b"x", name=f"{mark}.png")
    )
