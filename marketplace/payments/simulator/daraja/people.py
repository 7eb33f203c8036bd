"""Who owns a number: the same invented name every time."""

from marketplace.payments.simulator.world import World

FIRST = ("WANJIRU", "OTIENO", "AMINA", "KIPROTICH")
LAST = ("KAMAU", "ODHIAMBO", "HASSAN")


def first_name(msisdn: str) -> str:
    """Return the first name of a number's owner."""
    return FIRST[int(msisdn[-1]) % len(FIRST)]


def full_name(msisdn: str) -> str:
    """Return both names of a number's owner."""
    return f"{first_name(msisdn)} {LAST[int(msisdn[-2]) % len(LAST)]}"


def masked(msisdn: str) -> str:
    """Return a number with its middle hidden, as Daraja and the organization portal show it."""
    return f"{msisdn[:4]} ***** {msisdn[-3:]}"


def person(msisdn: str) -> str:
    """Return a person as results name them."""
    return f"{msisdn} - {full_name(msisdn)}"


def organization(world: World, shortcode: str) -> str:
    """Return an organization as results name it."""
    return f"{shortcode} - {world.settings.merchant}"


def spaced(msisdn: str) -> str:
    """Return a number as people read it, never broken over two lines."""
    return "\u00a0".join([f"+{msisdn[:3]}", msisdn[3:6], msisdn[6:9], msisdn[9:]])
