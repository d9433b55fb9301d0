"""Microsoft Graph: mail fetched by delta queries, and sent as MIME or as drafts."""
