from typing import Any

from django import template

from marketplace.sellers.policy import reach

register = template.Library()


@register.filter
def confined(user: Any) -> bool:
    """Is the user held to the things of their own sellers?"""
    return reach(user) is not None
