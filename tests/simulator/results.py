"""Take the results of initiator APIs off the receiver, one by one."""

from tests.simulator.receiver import Received, Receiver
from tests.simulator_process import SimulatorProcess

RESULT, TIMEOUT = "/hooks/sc/token/result/", "/hooks/sc/token/timeout/"


def result_of(simulator: SimulatorProcess, receiver: Receiver) -> Received:
    """Let the time of the next result come, wait for it and take it away."""
    if not receiver.at(RESULT):
        simulator.advance(1.1)
    found: Received = simulator.until(lambda: receiver.at(RESULT))[0]
    receiver.got.remove(found)
    return found
