"""Whose fault an error of the database is: the mail's that was being written, or nobody's."""

from django.db import DatabaseError, InterfaceError, OperationalError

_LIMIT_EXCEEDED = "54"  # SQLSTATE class: this value is too large; PostgreSQL, appendix A
_AT_ODDS = ("23505", "40001", "40P01")  # unique_violation, serialization_failure, deadlock_detected


def sqlstate(fault: BaseException) -> str:
    """Give PostgreSQL's five characters for an error, empty when it has none (the connection broke)."""
    return getattr(fault.__cause__, "sqlstate", None) or ""


def is_the_mails(fault: Exception) -> bool:
    """Tell whether a mail is to blame. A database that is away, full or shutting down says nothing of the mail."""
    if isinstance(fault, (OperationalError, InterfaceError)):
        return sqlstate(fault).startswith(_LIMIT_EXCEEDED)
    return isinstance(fault, (DatabaseError, ValueError, TypeError, AttributeError, LookupError))


def is_at_odds(fault: DatabaseError) -> bool:
    """Tell whether somebody else wrote the same thing at the same moment: to be decided again, on what is there."""
    return sqlstate(fault) in _AT_ODDS
