"""Settings of the portal for tests: a data folder of their own, quick passwords, jobs that run at once."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ["BILAN_HOME"] = tempfile.mkdtemp(prefix="bilan-tests-")
atexit.register(shutil.rmtree, os.environ["BILAN_HOME"], ignore_errors=True)
os.environ.setdefault("BILAN_SECRET_KEY", "of the tests")
for _name in [
    name for name in os.environ if name.startswith("BILAN_") and name.rpartition("_")[2] in ("HTTPS", "PROXIES")
]:
    del os.environ[_name]

from bilan.portal.settings import *  # noqa: E402, F403
from bilan.portal.settings import BILAN_HOME, DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True  # serves what is in the tree; nothing was collected
WHITENOISE_USE_FINDERS = True
BILAN_JOBS_AT_ONCE = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # a file, as threads of one in memory share their locks
    DATABASES["default"]["TEST"] = {"NAME": str(BILAN_HOME / "test.sqlite3")}
