"""What every test may use: a PostgreSQL of its own in a temporary data folder."""

import atexit
import os
import shutil
import tempfile

DATA = tempfile.mkdtemp(prefix="deskpost-test-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["DESKPOST_DATA"] = DATA

pytest_plugins = ["tests.servers.plugin"]
