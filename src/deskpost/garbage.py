"""When Python looks for garbage: seldom, in processes that make hundreds of thousands of small objects a second."""

import gc

_OBJECTS = 10_000  # made and not yet freed before the youngest are looked through; Python's own figure is 700


def look_seldom() -> None:
    """Leave what is loaded by now out of all looks, and look less often: for a process about to begin its work.

    A batch of mails is freed as it goes out of use, so that nothing waits for being found.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)
