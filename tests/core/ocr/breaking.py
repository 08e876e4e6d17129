"""A child whose engine breaks: page 2 crashes it, page 3 hangs, page 4 never ends, page 5 eats all memory."""

import os
import signal
import time

from backoffice.core.ocr.child import __main__ as child
from backoffice.core.ocr.child import pages

sound = pages._one


def _one(request, engine, sheet, number, turn):
    if number == 2:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == 3:
        time.sleep(3600)
    while number == 4:
        pass
    if number == 5:
        _eaten = bytearray(request.memory * 2)
    sound(request, engine, sheet, number, turn)


if __name__ == "__main__":
    pages._one = _one
    child.main()
