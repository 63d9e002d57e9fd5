"""Where the suites, the profiles and the report's assets are: in a checkout beside the package, else inside it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = next(root for root in (PACKAGE, PACKAGE.parent) if (root / "suites").is_dir())

SUITES = ROOT / "suites"
PROFILES = ROOT / "profiles"
REPORT_ASSETS = ROOT / "reports"
