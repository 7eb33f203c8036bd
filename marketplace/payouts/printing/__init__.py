from marketplace.payouts.printing.pdf import document_pdf

__all__ = ["document_pdf"]
