"""What a confined seller may meet at each address of the admin.

Each URL pattern matches the first rule that names it; a pattern without a rule, or a rule without a pattern, fails the
walk. A new address is therefore looked at by a person before it is tested by the machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.access.addresses import Address, Params
from tests.access.things import (
    a_bulk_refund,
    a_draft,
    a_payout,
    a_session,
    an_event,
    desks,
    every_bulk_action,
    given,
    new_pages,
    one,
    page_actions,
    pages,
    payout_rows,
    picked,
    row,
)
from tests.access.world import FOREIGN, Side

OBJECT = "object"
"""About one row: own 200, foreign refused, by GET and by POST."""
LIST = "list"
"""About many: opens, and shows nothing foreign."""
CLOSED = "closed"
"""Not for sellers at all, whichever row."""
OPEN = "open"
"""Shows no rows; `why` says so."""


@dataclass(frozen=True)
class Rule:
    names: str
    """A pattern of names; several, separated by spaces."""
    kind: str
    things: Callable[[Side], list[Params]] | None = None
    """For rows: the parameters of each thing of a side. For lists: those every side shares."""
    why: str = ""
    get: tuple[int, ...] = (200,)
    """What a GET of an own thing answers, where it is not 200."""
    hidden: str = FOREIGN
    """What of the other shop must not be shown: a preview is a page of the storefront, with what is published there."""

    def fits(self, address: Address) -> bool:
        return any(fnmatchcase(address.name, name) or address.route == name for name in self.names.split())


NO_GET = (405,)
GONE = (302, 404)
"""The view says at once that there is nothing to do."""

RULES = (
    # The way in and out, and what shows no rows
    Rule("admin/login/ admin/logout/ admin/^password_reset/ wagtailadmin_login wagtailadmin_logout", OPEN,
         why="lead to the accounts; see tests/marketplace/users"),
    Rule("wagtailadmin_password_reset*", OPEN, why="never reached: the accounts' own come first"),
    Rule("wagtailadmin_sprite wagtailadmin_javascript_catalog wagtail_modeladmin:javascript_catalog", OPEN,
         why="icons and words"),
    Rule("admin/test404/ wagtailadmin_error_test admin/^.*/$ wagtailadmin_block_preview", OPEN,
         why="error pages, samples of blocks"),
    Rule("wagtailadmin_account wagtailadmin_dismissibles wagtailadmin_editing_sessions:release", OPEN,
         why="about the user alone"),
    Rule("wagtailadmin_choose_page_*_link wagtailembeds:*", OPEN, why="forms for a link typed by hand"),
    Rule("wagtailadmin_tag_autocomplete wagtailadmin_tag_model_autocomplete", OPEN, why="words of tags, shared by all"),
    Rule("wagtailsnippetchoosers_catalog_category:*", OPEN, why="categories are shared by all"),
    # Not for sellers
    Rule("wagtailadmin_collections:*", CLOSED, given(pk=1, collection_id=1)),
    Rule("wagtailadmin_workflows:*", CLOSED,
         given(pk=1, page_pk=1, workflow_pk=1, task_id=1, app_label="wagtailcore", model_name="groupapprovaltask")),
    Rule("wagtailadmin_reports:*", CLOSED, why="about the whole house"),
    Rule("wagtailadmin_api:images:* wagtailadmin_api:documents:*", CLOSED, one("image"),
         why="the editor asks for pages only"),
    Rule("wagtailforms:index*", LIST),
    Rule("wagtailforms:*", CLOSED, an_event, why="there are no form pages"),
    Rule("wagtailredirects:*", CLOSED, given(redirect_id=1)),
    Rule("wagtailsettings:*", CLOSED, given(app_name="home", model_name="sitesettings", pk=1)),
    Rule("wagtailsites:* wagtaillocales:* wagtailusers_users:* wagtailusers_groups:*", CLOSED, given(pk=1)),
    Rule("simple_translation:submit_page_translation", CLOSED, an_event, why="editors translate"),
    Rule("simple_translation:submit_snippet_translation", CLOSED,
         one("venue", app_label="events", model_name="venue"), why="editors translate"),
    Rule("wagtailsnippets_catalog_category:*", CLOSED, given(pk=1)),
    Rule("wagtailsnippets_sellers_seller:add wagtailsnippets_sellers_seller:delete", CLOSED, one("seller")),
    Rule("wagtailsnippets_events_tickettype:delete wagtailsnippets_products_licenseplan:delete", CLOSED, one("ticket"),
         why="rows with an offer are deleted through their dialogs"),
    Rule("orders_modeladmin_* payments_modeladmin_* provider-messages_modeladmin_*", CLOSED, desks),
    Rule("refunds_modeladmin_* disputes_modeladmin_* paybill_modeladmin_* reviews_modeladmin_* "
         "held-orders_modeladmin_* refund-decisions_modeladmin_* bulk-refunds_modeladmin_* "
         "reconciliation_modeladmin_* comparisons_modeladmin_*",
         CLOSED, desks),
    Rule("order_refund", CLOSED, one("sale", "order_id")),
    Rule("sale_refund sale_request", OBJECT, one("sale", "line_id"), get=(302,), why="asks who is there first"),
    Rule("mails_modeladmin_* news_modeladmin_* activity_modeladmin_*", CLOSED, desks),
    Rule("ledger_desk proofs_desk reconcile_now payments_figures", CLOSED),
    Rule("shop_people", CLOSED, one("seller", "seller_id")),
    Rule("payouts_modeladmin_* payout_* verifications_modeladmin_* verification_*", CLOSED, payout_rows),
    Rule("seller_terms:* levies:*", CLOSED, given(pk=1)),
    Rule("bank_files bank_file*", CLOSED, given(file_id=1, form="csv")),
    # A seller's money
    Rule("seller_money:whose", LIST),
    Rule("seller_money:change_destination", OBJECT, one("seller", "seller_id", currency="KES"), get=(302,),
         why="asks who is there first"),
    Rule("seller_money:connect* seller_money:ask", OBJECT, one("seller", "seller_id"), get=(302,), why="lead on"),
    Rule("seller_money:payout seller_money:invoice seller_money:download", OBJECT, a_payout),
    Rule("seller_money:*", OBJECT, one("seller", "seller_id", currency="KES")),
    # Pages
    Rule("wagtailadmin_home wagtailadmin_explore_root wagtailadmin_pages:search wagtailadmin_pages:search_results "
         "wagtailadmin_choose_page wagtailadmin_choose_page_search", LIST),
    Rule("event_listing:* product_listing:*", LIST),
    Rule("wagtailadmin_pages:type_use wagtailadmin_pages:type_use_results wagtailadmin_pages:choose_parent", LIST,
         given(content_type_app_name="events", content_type_model_name="eventpage", app_label="events",
               model_name="eventpage")),
    Rule("wagtailadmin_explore wagtailadmin_explore_results wagtailadmin_choose_page_child", OBJECT, pages),
    Rule("wagtailadmin_choose_page_chosen_multiple", OBJECT, picked("event", "draft", "product", "shop_page")),
    Rule("wagtailadmin_pages:add wagtailadmin_pages:preview_on_add", OBJECT, new_pages),
    Rule("wagtailadmin_pages:add_subpage", CLOSED, pages, why="nothing stands under a seller's page"),
    Rule("wagtailadmin_pages:convert_alias", OBJECT, pages, get=(404,), why="own ones are no aliases"),
    Rule("wagtailadmin_pages:lock wagtailadmin_pages:unlock wagtailadmin_pages:set_page_position", OBJECT, pages,
         get=(302, 405)),
    Rule("wagtailadmin_pages:view_draft wagtailadmin_pages:revisions_view wagtailadmin_pages:preview_on_edit", OBJECT,
         pages, hidden=f"{FOREIGN} draft"),
    Rule("wagtailadmin_pages:delete", OBJECT, pages, get=(200, 302), why="what was sold cannot be deleted"),
    Rule("wagtailadmin_pages:revisions_index", OBJECT, pages, get=(302,), why="leads to the history"),
    Rule("wagtailimages:url_generator wagtailimages:url_generator_output", OBJECT, one("image", "image_id"),
         get=(404,), why="no addresses are made to measure"),
    Rule("wagtailsnippets_events_tickettype:edit", OBJECT, one("ticket"), get=(302,), why="leads to its dialog"),
    Rule("wagtailsnippets_products_licenseplan:edit", OBJECT, one("plan"), get=(302,), why="leads to its dialog"),
    Rule("wagtailadmin_pages:unpublish wagtailadmin_pages:revisions_unschedule", OBJECT, pages, get=(200, 302)),
    Rule("wagtailadmin_pages:workflow_history* wagtailadmin_pages:confirm_workflow_cancellation", OBJECT, a_draft),
    Rule("wagtailadmin_pages:workflow_* wagtailadmin_pages:collect_workflow_action_data", CLOSED, a_draft,
         why="editors approve"),
    Rule("wagtailadmin_pages:*", OBJECT, pages),
    Rule("wagtailadmin_editing_sessions:ping", OBJECT, a_session, get=NO_GET),
    # The admin's API
    Rule("wagtailadmin_api:*:listing", LIST),
    Rule("wagtailadmin_api:*:find", LIST, get=(404,), why="nothing was asked for"),
    Rule("wagtailadmin_api:pages:action", OBJECT, page_actions, get=NO_GET),
    Rule("wagtailadmin_api:pages:detail", OBJECT, pages),
    Rule("wagtail_bulk_action", OBJECT, every_bulk_action, get=(200, 302)),
    # Files
    Rule("wagtaildocs:index wagtaildocs:index_results wagtaildocs:add wagtaildocs:add_multiple "
         "wagtaildocs_chooser:choose wagtaildocs_chooser:choose_results wagtaildocs_chooser:create", LIST),
    Rule("wagtailimages:index wagtailimages:index_results wagtailimages:add wagtailimages:add_multiple "
         "wagtailimages_chooser:choose wagtailimages_chooser:choose_results wagtailimages_chooser:create", LIST),
    Rule("wagtaildocs_chooser:chosen_multiple", OBJECT, picked("document")),
    Rule("wagtailimages_chooser:chosen_multiple", OBJECT, picked("image")),
    Rule("wagtaildocs:*_uploaded_document wagtaildocs:delete_upload_multiple wagtailimages:*_uploaded_image "
         "wagtailimages:delete_upload_multiple", OBJECT, one("upload", "uploaded_file_id"), get=NO_GET),
    Rule("wagtaildocs:*_multiple", OBJECT, one("document", "doc_id"), get=NO_GET),
    Rule("wagtailimages:*_multiple", OBJECT, one("image", "image_id"), get=NO_GET),
    Rule("wagtaildocs:* wagtaildocs_chooser:*", OBJECT, one("document", "document_id", "pk")),
    Rule("wagtailimages:* wagtailimages_chooser:*", OBJECT, one("image", "image_id", "pk", filter_spec="width-32")),
    # Snippets
    Rule("wagtailsnippets:index wagtailsnippets_*:list wagtailsnippets_*:list_results wagtailsnippets_*:add "
         "wagtailsnippetchoosers_*:choose wagtailsnippetchoosers_*:choose_results "
         "wagtailsnippetchoosers_*:create", LIST),
    Rule("wagtailsnippetchoosers_events_venue:chosen_multiple", OBJECT, picked("venue")),
    Rule("wagtailsnippetchoosers_events_tickettype:chosen_multiple", OBJECT, picked("ticket")),
    Rule("wagtailsnippetchoosers_products_licenseplan:chosen_multiple", OBJECT, picked("plan")),
    Rule("wagtailsnippetchoosers_sellers_seller:chosen_multiple", OBJECT, picked("seller")),
    Rule("wagtailsnippets_events_venue:* wagtailsnippetchoosers_events_venue:*", OBJECT, one("venue")),
    Rule("wagtailsnippets_events_tickettype:* wagtailsnippetchoosers_events_tickettype:*", OBJECT, one("ticket")),
    Rule("wagtailsnippets_products_licenseplan:* wagtailsnippetchoosers_products_licenseplan:*", OBJECT, one("plan")),
    Rule("wagtailsnippets_sellers_seller:* wagtailsnippetchoosers_sellers_seller:*", OBJECT, one("seller")),
    # Rows of events and products
    Rule("event_rows:copy_dates", OBJECT, row("date", "event"), get=(404,), why="own ones were not copied from any"),
    Rule("event_rows:refund_date", OBJECT, row("date", "event"), get=(302,), why="asks who is there first"),
    Rule("event_rows:bulk_refund event_rows:work_on_bulk_refund", OBJECT, a_bulk_refund, get=(302,),
         why="asks who is there first"),
    Rule("event_rows:*_ticket", OBJECT, row("ticket", "event")),
    Rule("event_rows:*", OBJECT, row("date", "event")),
    Rule("product_rows:*_plan product_rows:plans", OBJECT, row("plan", "product")),
    Rule("product_rows:delete_file", OBJECT, row("file", "product")),
    Rule("product_rows:*", OBJECT, row("version", "product")),
    # Desks
    Rule("sales_modeladmin_index", LIST),
    Rule("sales_modeladmin_inspect", OBJECT, one("sale", "instance_pk")),
)  # fmt: skip
