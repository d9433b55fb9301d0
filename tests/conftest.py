"""What every test may use: the servers of tests/servers, and the databases of tests/database.py."""

pytest_plugins = ["tests.servers.plugin"]
