from typing import Any

from django import template

register = template.Library()


@register.filter
def status_label(row: Any) -> str:
    """The words for a row's state: state machines keep their choices in `Status`, not on the column."""
    return str(row.Status(row.status).label)
