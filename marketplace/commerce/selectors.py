"""Reading commerce. What other rooms may ask, with bounded numbers of queries."""

from marketplace.commerce.availability import Availability, Figures, availability, pool_figures, sales_state

__all__ = ["Availability", "Figures", "availability", "pool_figures", "sales_state"]
