"""`python -m marketplace.backoffice.running`: supervise the programs given as JSON in the first argument, and greet as
the second one says.

A process of its own that never imports Django: what set the site up needs a hundred megabytes, watching needs ten.
"""

import json
import sys

from marketplace.backoffice.running.processes import Program
from marketplace.backoffice.running.supervisor import Greeting, Supervisor

if __name__ == "__main__":
    programs, greeting = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    sys.exit(Supervisor([Program(**spec) for spec in programs], Greeting(**greeting)).run())
