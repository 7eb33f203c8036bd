"""`python -m marketplace.backoffice.running`: supervise the programs given as JSON in the first argument.

A process of its own that never imports Django: what set the site up needs a hundred megabytes, watching needs ten.
"""

import json
import sys

from marketplace.backoffice.running.processes import Program
from marketplace.backoffice.running.supervisor import Supervisor

if __name__ == "__main__":
    sys.exit(Supervisor([Program(**spec) for spec in json.loads(sys.argv[1])]).run())
