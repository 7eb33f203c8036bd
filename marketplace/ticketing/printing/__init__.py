from marketplace.ticketing.printing.pdf import SIZES, tickets_pdf

__all__ = ["SIZES", "tickets_pdf"]
