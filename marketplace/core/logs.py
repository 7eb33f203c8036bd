"""Keep unguessable URL tokens and keys out of the log."""

import logging
import re

SECRETS = re.compile(
    r"(/(?:hooks/sc/[a-z0-9]+|orders|tickets|licenses|downloads)/)[A-Za-z0-9_\-.:=]{16,}|(sk_|whsec_)\w+"
)


class MaskSecrets(logging.Filter):
    """Replaces secrets in the finished message; never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = SECRETS.sub(lambda m: f"{m.group(1) or m.group(2)}***", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
