from marketplace.commerce.services.pools import create_pool, set_capacity
from marketplace.commerce.services.sales import resume_sales, stop_sales
from marketplace.commerce.services.save_offer import save_offer

__all__ = ["create_pool", "resume_sales", "save_offer", "set_capacity", "stop_sales"]
