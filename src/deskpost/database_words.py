"""What people are told when the database cannot be used."""


def database_words(trouble: BaseException) -> str:
    """Give the sentence for a database that cannot be used, with PostgreSQL's own words."""
    said = str(trouble.__cause__ or trouble).strip() or "nothing"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next((line for line in reversed(lines) if "FATAL" in line or "error" in line.lower()), lines[0])
    if "No space left on device" in said or "disk full" in said.lower():
        return (
            "The disk that holds the database is full. To do: free some space, then run this again; "
            "nothing is lost."
        )
    return (
        f"The database cannot be used. PostgreSQL said: {told.rstrip('.')}. "
        "To do: see that it runs and that DESKPOST_DATABASE_URL, where set, names it; nothing is lost."
    )
