"""Statements and invoices on paper."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.conf import site_url
from marketplace.core.paper import typeset
from marketplace.payouts.presentation.document import Cell, Document

TEMPLATE = Path(__file__).parent / "document.typ"


def document_pdf(document: Document) -> bytes:
    """A4, as many pages as it needs, with page numbers and the head of the table on each."""
    data: dict[str, Any] = {
        "lang": (get_language() or "en").split("-")[0],
        "site": {"name": "Sokoni", "host": site_url().partition("://")[2]},
        "title": document.title,
        "number": document.number,
        "facts": [[label, value] for label, value in document.facts],
        "columns": list(document.columns),
        "amounts": document.amounts,
        "rows": [[_shown(cell) for cell in row] for row in document.rows],
        "sums": [[label, str(money)] for label, money in document.sums],
        "note": document.note,
        "page": _("Page"),
        "empty": _("No lines."),
    }
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        return typeset(TEMPLATE, data, folder=folder)


def _shown(cell: Cell) -> str:
    return date_format(cell, "j M Y, H:i") if isinstance(cell, dt.datetime) else str(cell)
