"""HTTP: requests and answers as they go over the wire, when they leave, and through what.

`exchange` is what everybody reads; `wire` sends and records, and is used by `provider/` alone; `connection` is what each
server of `servers/` offers. May import `profile/` and the words of `verdict`.
"""

import sys

# httpx would import its command line, with all that colours a terminal; None says that there is no such module
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
