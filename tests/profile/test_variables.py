"""The variables of a profile are told before anybody misses one."""

from token_conformance.profile.files import find
from token_conformance.profile.variables import variable_lines, variables_of


def test_2ba_needs_no_redirect_uri():
    """It logs in by password; everything else is needed."""
    found = {variable.name: variable for variable in variables_of(find("2ba"))}
    assert [name for name, variable in found.items() if variable.use == "none"] == ["TWOBA_REDIRECT_URI"]
    assert found["TWOBA_CLIENT_SECRET"].places == ("clients[0].client_secret",)


def test_a_line_says_what_is_set():
    """And what its value is, but never the value."""
    lines = variable_lines(variables_of(find("2ba")), {"TWOBA_PASSWORD": "canary"})
    (line,) = [line for line in lines if "TWOBA_PASSWORD" in line]
    assert line.split(maxsplit=3) == ["TWOBA_PASSWORD", "set", "login.password:", "The user's password."]
    assert "not set" in lines[0]
    assert "canary" not in "".join(lines)


def test_a_spare_client_goes_further():
    """It is not needed; one that a grant names is."""
    use = {variable.name: variable.use for variable in variables_of(find("erpnet"))}
    assert [name for name, used in use.items() if used == "optional"] == [
        "ERPNET_SECOND_CLIENT_ID",
        "ERPNET_SECOND_CLIENT_SECRET",
    ]
    assert use["ERPNET_SERVICE_CLIENT_ID"] == "needed"
