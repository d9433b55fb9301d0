"""Calls to the Linux kernel that Python lacks."""

import ctypes
import os
import signal
import sys

# linux/prctl.h, linux/capability.h
_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_SET_CHILD_SUBREAPER = 1, 28, 36
_SECBIT_NO_SETUID_FIXUP = 4
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)  # opened here, for between fork and exec it is too late


def adopt_orphans() -> None:
    """Make this process the parent of what its dead children leave behind, since PID 1 may not reap."""
    if sys.platform == "linux":
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(how: signal.Signals) -> None:
    """Ask for a signal when the thread that started this process ends; for a child between fork and exec.

    Survives exec; a later change of user or capabilities clears it. prctl(2), PR_SET_PDEATHSIG.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, how)


def keep_capabilities() -> None:
    """Keep the capabilities over the coming change of user, and let access(2) respect them afterwards.

    PostgreSQL's programs look for each other with access(2), which otherwise takes a user who is not root
    for one without capabilities. capabilities(7), SECBIT_NO_SETUID_FIXUP. Raises OSError where not allowed.
    """
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)


def hold_read_search() -> None:
    """Hold CAP_DAC_READ_SEARCH alone, ambient, so that it survives exec. capabilities(7).

    Raises OSError where the system does not allow it.
    """
    bit = 1 << _CAP_DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; low, then high
    if _libc.capset(header, sets):
        _complain()
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH)


def _prctl(option: int, first: int, second: int = 0) -> None:
    if _libc.prctl(option, *(ctypes.c_ulong(value) for value in (first, second, 0, 0))):
        _complain()


def _complain() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
