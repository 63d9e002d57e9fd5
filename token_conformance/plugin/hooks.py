"""The hooks of a session that tests a provider, each from the room that it is about."""

from token_conformance.plugin.course import pytest_pass_over, pytest_runtest_protocol
from token_conformance.plugin.directly import pytest_collect_garbage, pytest_collection_finish, pytest_report_judged
from token_conformance.plugin.interrupting import (
    pytest_configure_node,
    pytest_prepare_for_signals,
    pytest_worker_gone,
)
from token_conformance.plugin.on_github import pytest_stop_commands
from token_conformance.plugin.options import pytest_configure
from token_conformance.plugin.output import (
    pytest_report_header,
    pytest_sessionfinish,
    pytest_testnodedown,
    pytest_unconfigure,
)
from token_conformance.plugin.planning import pytest_runtestloop
from token_conformance.plugin.quiet import pytest_hush
from token_conformance.plugin.selection import (
    conformance_run,
    evidence,
    pytest_collection_modifyitems,
    pytest_deselected,
    pytest_generate_tests,
)
from token_conformance.plugin.topics import pytest_itemcollected, pytest_sessionstart
from token_conformance.plugin.verdicts import (
    pytest_bare_report,
    pytest_report_teststatus,
    pytest_runtest_call,
    pytest_runtest_makereport,
)
from token_conformance.plugin.workers import pytest_xdist_make_scheduler

__all__ = [
    "conformance_run",
    "evidence",
    "pytest_bare_report",
    "pytest_collect_garbage",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_deselected",
    "pytest_generate_tests",
    "pytest_hush",
    "pytest_itemcollected",
    "pytest_pass_over",
    "pytest_prepare_for_signals",
    "pytest_report_header",
    "pytest_report_judged",
    "pytest_report_teststatus",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtestloop",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_stop_commands",
    "pytest_testnodedown",
    "pytest_unconfigure",
    "pytest_worker_gone",
    "pytest_xdist_make_scheduler",
]
