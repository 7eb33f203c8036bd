from marketplace.payments.providers.mpesa import phone


def normalize_phone(text: str, region: str = "KE") -> str:
    """A number as people type it in `region`, in E.164. Raises `PhoneInvalid`."""
    return phone.normalize(text, region)
