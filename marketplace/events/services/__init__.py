from marketplace.events.services.add_date import add_date
from marketplace.events.services.add_ticket_type import add_ticket_type
from marketplace.events.services.change_date import change_date
from marketplace.events.services.change_ticket_type import change_ticket_type
from marketplace.events.services.close_date import cancel_date, postpone_date
from marketplace.events.services.copy_dates import copy_dates, duplicate_date
from marketplace.events.services.delete_rows import delete_date, delete_ticket_type, release_rows
from marketplace.events.services.switch_sales import resume_ticket_sales, stop_ticket_sales
from marketplace.events.services.sync_offers import sync_offers

__all__ = [
    "add_date",
    "add_ticket_type",
    "cancel_date",
    "change_date",
    "change_ticket_type",
    "copy_dates",
    "delete_date",
    "delete_ticket_type",
    "duplicate_date",
    "postpone_date",
    "release_rows",
    "resume_ticket_sales",
    "stop_ticket_sales",
    "sync_offers",
]
