"""The place's own settings over a home that lasts as long as the tests do."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from relational_space.site.home import open_home

_home = open_home(Path(tempfile.mkdtemp(prefix="relational-space-tests-")))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["RELATIONAL_SPACE_HOME"] = str(_home)

from relational_space.site.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "192.168.7.7"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A file, as in life: threads that share a database in memory wait for no lock.
DATABASES["default"]["TEST"] = {"NAME": _home / "tests.sqlite3"}  # noqa: F405
