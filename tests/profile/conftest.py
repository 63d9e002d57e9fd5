"""A profile that loads, to be spoilt in one place."""

import pytest

GOOD = """\
[profile]
name = "Example"

[server]
token_endpoint = "https://op.example/token"

[[clients]]
client_id = "app"
client_secret = "canary-client-secret"
redirect_uri = "http://localhost:3333"

[grants.refresh_token]

[login]
strategy = "refresh_token"
refresh_token = "canary-refresh-token"
"""


@pytest.fixture
def spoilt(tmp_path):
    """Write the profile with one text in it replaced by another, and more behind it."""

    def write(old="", new="", more=""):
        assert old in GOOD
        path = tmp_path / "example.toml"
        path.write_text(GOOD.replace(old, new) + more, "utf-8")
        return path

    return write
