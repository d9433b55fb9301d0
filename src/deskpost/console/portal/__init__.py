"""The requester portal: what people see who ask the desk and do not work for it."""
