"""Ask the server of this container how it is: `python runner/health.py live` or `ready`.

The exit code tells: 0 when it is well.
"""

import os
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

host = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1")).hostname
address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/{sys.argv[1]}"
try:
    urlopen(Request(address, headers={"Host": host}), timeout=5)
except OSError as error:
    raise SystemExit(f"{address}: {error}") from None
