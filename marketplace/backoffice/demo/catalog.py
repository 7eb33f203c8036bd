"""The demo's catalog as data: sellers, venues, events and products. Dates are days from today, so it never goes stale."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SellerSpec:
    slug: str
    name: str
    tagline: str
    about: str
    city: str
    country: str = "KE"
    verified: bool = True
    tax_registered: bool = False
    passes_fee_on: bool = False


@dataclass(frozen=True)
class VenueSpec:
    key: str
    name: str
    address: str
    city: str
    country: str
    latitude: str
    longitude: str
    directions: str
    timezone: str = "Africa/Nairobi"


@dataclass(frozen=True)
class TicketSpec:
    name: str
    price: str
    """Major units; empty: free; a trailing + : pay what you want from that floor."""
    capacity: int
    description: str = ""
    sold: int = 0
    """How many were sold before the demo begins (booked as real, free-of-provider orders)."""
    max_per_order: int = 8
    starts_in_days: int | None = None
    ends_before_days: int | None = None


@dataclass(frozen=True)
class DateSpec:
    day: int
    """Days from today; negative: past."""
    time: str
    hours: float
    note: str = ""
    doors_minutes: int = 60
    status: str = "scheduled"


@dataclass(frozen=True)
class EventSpec:
    slug: str
    title: str
    seller: str
    category: str
    summary: str
    story: tuple[str, ...]
    venue: str | None
    currency: str
    dates: tuple[DateSpec, ...]
    tickets: tuple[TicketSpec, ...]
    motif: str
    palette: str
    line: str
    state: str = "scheduled"
    attendance: str = "in_person"
    online_url: str = ""
    venue_capacity: int | None = None
    questions: tuple[tuple[str, str], ...] = ()
    featured: bool = False
    refund_rule: str = "before"
    """A member of `Offer.RefundRule`."""


@dataclass(frozen=True)
class PlanSpec:
    name: str
    price: str
    description: str
    term_days: int | None = None
    seats: int = 1
    activations: int | None = 2
    usage: int | None = None
    usage_unit: str = ""
    capacity: int | None = None


@dataclass(frozen=True)
class VersionSpec:
    version: str
    days_ago: int
    changelog: str
    files: tuple[str, ...]
    channel: str = "stable"


@dataclass(frozen=True)
class ProductSpec:
    slug: str
    title: str
    seller: str
    category: str
    type: str
    summary: str
    story: tuple[str, ...]
    currency: str
    plans: tuple[PlanSpec, ...]
    versions: tuple[VersionSpec, ...]
    motif: str
    palette: str
    line: str
    featured: bool = False
    extras: tuple[str, ...] = field(default=())


CATEGORIES = {
    "music": ("Music", "music"),
    "stage": ("Theater & comedy", "mask"),
    "film": ("Film", "film"),
    "food": ("Food & drink", "food"),
    "sport": ("Sport & outdoors", "run"),
    "talks": ("Talks & workshops", "talk"),
    "family": ("Family", "family"),
    "market": ("Markets & fairs", "market"),
    "code": ("Developer tools", "code"),
    "design": ("Design & media", "design"),
    "business": ("Business", "business"),
    "learning": ("Learning", "book"),
}

SELLERS = (
    SellerSpec("baobab-sessions", "Baobab Sessions", "Live music under open skies", "We book the bands we would cross the city for, pay them on the night, and start on time. Twelve years, four hundred shows, one generator that has never failed us.", "Nairobi"),
    SellerSpec("stage-left", "Stage Left Collective", "New plays, sharp comedy", "A company of writers and comics working out of a former print shop in Westlands. Everything we stage is new, and most of it is funny.", "Nairobi", passes_fee_on=True),
    SellerSpec("pwani-outdoors", "Pwani Outdoors", "Runs, sails and long walks on the coast", "Guides who grew up on this shore. Small groups, good boats, and breakfast afterwards.", "Mombasa"),
    SellerSpec("jikoni", "Jikoni Supper Club", "Long tables, many cooks", "Home cooks from eight communities take turns at one kitchen. You sit where there is a chair, and talk to whoever passes the chapati.", "Nairobi", tax_registered=True),
    SellerSpec("pearl-film", "Pearl Film House", "Cinema from this side of the world", "An independent screen in Kampala, run by projectionists. African premieres, restored classics, and directors who stay for questions.", "Kampala", "UG"),
    SellerSpec("kigali-makers", "Kigali Makers", "Workshops for people who build", "Electronics, woodwork and code, taught by people who do it for a living. Tools provided; leave with something that works.", "Kigali", "RW"),
    SellerSpec("savanna-software", "Savanna Software", "Small, exact tools for payments in East Africa", "Three engineers who got tired of writing the same M-Pesa integration. We ship code with tests, answer mail the same day, and never change an API without telling you.", "Nairobi", tax_registered=True),
    SellerSpec("tembo-type", "Tembo Type", "Typefaces and templates with a Nairobi accent", "Letters drawn from matatu lettering, shop fronts and market signs, made to be used at every size.", "Nairobi"),
    SellerSpec("kilimo-data", "Kilimo Data", "Weather and prices for farms and the people who fund them", "Field stations, market scouts and patient statistics. Used by cooperatives, insurers and two ministries.", "Mombasa"),
    SellerSpec("sauti-lab", "Sauti Lab", "Sounds recorded where they live", "Field recordings, drum kits and loops from the coast to the lake, cleared for any use. Musicians share in every sale.", "Kampala", "UG", verified=False),
)  # fmt: skip

VENUES = (
    VenueSpec("garden", "The Garden at Karura", "Limuru Road, Gate C", "Nairobi", "KE", "-1.235600", "36.832900", "Gate C is ten minutes on foot from the Limuru Road stage. Parking is small; matatus 106 and 107 stop outside."),
    VenueSpec("printshop", "The Print Shop", "Mpaka Road, Westlands", "Nairobi", "KE", "-1.263900", "36.803100", "Blue door beside the tailor. Step-free through the yard; ring the bell marked S."),
    VenueSpec("railway", "Railway Yard", "Station Road, Industrial Area", "Nairobi", "KE", "-1.291200", "36.828100", "Enter from Station Road. The old platform is the bar; the stage is where the trains turned."),
    VenueSpec("arboretum", "Arboretum Lawn", "State House Road", "Nairobi", "KE", "-1.273700", "36.805300", "Main gate, then follow the yellow flags for four minutes. Bring a mat."),
    VenueSpec("longtable", "The Long Table", "Ngong Road, behind the fire station", "Nairobi", "KE", "-1.300500", "36.787200", "Walk past the fire station and through the green gate. There is a bench if you are early."),
    VenueSpec("fort", "Fort Jesus Lawn", "Nkrumah Road, Old Town", "Mombasa", "KE", "-4.062300", "39.679600", "Walk in from Treasury Square. Seats on the sea side catch the breeze."),
    VenueSpec("nyali", "Nyali Beach House", "Beach Road, Nyali", "Mombasa", "KE", "-4.037000", "39.720300", "Down the sand track beside the dive school. Shoes are optional from there on."),
    VenueSpec("screen", "Pearl Screen One", "Kira Road, Kamwokya", "Kampala", "UG", "0.338900", "32.588700", "Second floor, above the bookshop. The lift works; the stairs have the posters.", "Africa/Kampala"),
    VenueSpec("ndere", "Ndere Amphitheater", "Kisaasi Road, Ntinda", "Kampala", "UG", "0.363400", "32.602400", "Boda riders know it. Ask for the amphitheater gate, not the hotel.", "Africa/Kampala"),
    VenueSpec("makerhall", "Makers' Hall", "KG 7 Avenue, Kacyiru", "Kigali", "RW", "-1.936200", "30.090600", "Opposite the library. Workshops are upstairs, coffee is downstairs.", "Africa/Kigali"),
)  # fmt: skip
