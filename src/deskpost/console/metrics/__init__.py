"""What a monitoring system reads: the state of all mailboxes and servers as Prometheus metrics."""
