"""pytest's door to the suite: loads the plugin and chooses hypothesis's profile."""

import os

from hypothesis import settings

pytest_plugins = ["token_conformance.plugin", "pytester"]

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("quick", deadline=None, max_examples=30)
settings.load_profile("ci" if os.environ.get("CI") else "quick")
