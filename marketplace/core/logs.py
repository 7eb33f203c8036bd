"""Keep unguessable URL tokens and keys out of the log."""

import logging
import re

SECRETS = re.compile(
    r"(/(?:hooks/sc/[a-z0-9]+|orders|tickets|licenses|downloads)/)[A-Za-z0-9_\-.:=]{16,}|(sk_|whsec_)\w+"
)


def masked(text: str) -> str:
    """The text with every secret replaced by asterisks."""
    return SECRETS.sub(lambda m: f"{m.group(1) or m.group(2)}***", text)


class MaskSecrets(logging.Filter):
    """Replaces secrets in the finished message; never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (clean := masked(message)) != message:
            record.msg, record.args = clean, ()
        return True
