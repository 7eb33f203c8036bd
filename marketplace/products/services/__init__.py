from marketplace.products.services.add_plan import add_plan
from marketplace.products.services.change_plan import change_plan
from marketplace.products.services.delete_rows import delete_plan, delete_version, release_rows, remove_file
from marketplace.products.services.put_version import put_version, set_yanked
from marketplace.products.services.store_file import store_file
from marketplace.products.services.switch_sales import resume_plan_sales, stop_plan_sales
from marketplace.products.services.sync_offers import sync_offers

__all__ = [
    "add_plan",
    "change_plan",
    "delete_plan",
    "delete_version",
    "put_version",
    "release_rows",
    "remove_file",
    "resume_plan_sales",
    "set_yanked",
    "stop_plan_sales",
    "store_file",
    "sync_offers",
]
