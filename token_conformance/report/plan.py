"""A plan as it is printed."""

from __future__ import annotations

from typing import Any

from token_conformance.results.todo import duration
from token_conformance.running.planning import Plan, Step

ESTIMATED = "an estimate by a rehearsal against the emulated server; it sends nothing to the provider"


def plan_lines(plan: Plan) -> list[str]:
    """The scenarios with what they take, those that are not applicable, and what the whole run takes."""
    absent = [step for step in plan.steps if step.absent is not None]
    width = max((len(step.scenario.name) for step in plan.steps), default=0)
    return [
        f"{plan.profile}: {_number(plan.checks, 'check')}, {_number(len(plan.applicable), 'scenario')}; {ESTIMATED}",
        *(_step(step, width) for step in plan.applicable),
        *([f"not applicable: {_number(len(absent), 'scenario')}"] if absent else []),
        *(f"  {step.scenario.name:{width}}  {step.absent}" for step in absent),
        *_too_long(plan),
        *_passwords(plan),
        *_fitting(plan),
        _total(plan),
    ]


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan for programs; times are in seconds."""
    return {
        "profile": plan.profile,
        "checks": plan.checks,
        "requests": plan.requests,
        "token_requests": plan.token_requests,
        "logins": plan.logins,
        "authorizations": plan.authorizations,
        "passwords": plan.passwords,
        "wrong_passwords": plan.wrong_passwords,
        "wait": plan.wait,
        "seconds": plan.seconds,
        "scenarios": [_step_json(step) for step in plan.steps],
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "name": step.scenario.name,
        "requests": step.requests,
        "logins": step.logins,
        "wait": step.waits.passed,
        "lacking_wait": step.waits.lacking,
        "not_applicable": str(step.absent) if step.absent is not None else None,
    }


def _step(step: Step, width: int) -> str:
    takes = [_number(step.requests, "request"), *([_number(step.logins, "login")] if step.logins else [])]
    takes += [f"waits {duration(step.waits.passed)}"] if step.waits.passed else []
    needs = f"  (needs {', '.join(step.scenario.needs)})" if step.scenario.needs else ""
    return f"  {step.scenario.name:{width}}  {', '.join(takes)}{needs}"


def _too_long(plan: Plan) -> list[str]:
    if not plan.too_long:
        return []
    heading = f"longer than limits.max_wait = {plan.limits.max_wait} s, so that they stay inconclusive and to be done"
    waits = (f"  {step.scenario.name}  takes a wait of {duration(step.waits.lacking or 0)}" for step in plan.too_long)
    return [f"{heading}:", *waits, *_parked(plan)]


def _parked(plan: Plan) -> list[str]:
    """What `--park` would do for those that wait too long."""
    if not plan.parkable:
        return []
    names = ", ".join(step.scenario.name for step in plan.parkable)
    return [
        f"--park would log in once more for each of {names}, at the end of the run, and --due judge them when their time has come"
    ]


def _passwords(plan: Plan) -> list[str]:
    if not plan.passwords + plan.wrong_passwords:
        return []
    more = plan.passwords + plan.authorizations - plan.logins
    where = f" ({more} where the provider keeps no login session)" if plan.asks_more_often else ""
    wrong = f"wrong ones {_number(plan.wrong_passwords, 'time')}" if plan.wrong_passwords else "wrong ones never"
    leave = ", each followed by the right one; limits.wrong_password = false leaves it out" * bool(plan.wrong_passwords)
    return [f"passwords: the right one is presented about {_number(plan.passwords, 'time')}{where}, {wrong}{leave}"]


def _fitting(plan: Plan) -> list[str]:
    """What is performed at first of a run that is allowed fewer token requests than it takes, and how it goes on."""
    found = plan.fitting
    if found is None or found.whole:
        return []
    limits = " and ".join(f"{each.count} in {duration(each.seconds)}" for each in found.limits)
    first = f"{_number(len(found.chosen), 'scenario')} of {len(found.left) + len(found.chosen)}"
    later = f"about {_number(found.runs, 'run')} with --resume {'does' if found.runs == 1 else 'do'} the rest"
    return [
        f"token requests: about {found.total} in all, and the provider allows {limits}",
        f"  it begins with what weighs most, {first}, and {later}",
        f"  at first: {', '.join(sorted(each.name for each in found.chosen))}",
        *(f"  never: {each.name}, which takes about {found.costs[each.name]} at once" for each in found.too_large),
    ]


def _total(plan: Plan) -> str:
    limits = plan.limits
    beyond = "" if plan.logins <= limits.max_logins else ": what comes after them stays inconclusive"
    more = f"{plan.authorizations} where the provider keeps no login session; " if plan.asks_more_often else ""
    return (
        f"{plan.profile}: about {_number(plan.logins, 'login')} ({more}limits.max_logins = {limits.max_logins}{beyond}), "
        f"about {_number(plan.requests, 'request')}, {plan.token_requests} of them for tokens (limits.requests_per_second = {limits.requests_per_second:g}), "
        f"waits of {duration(plan.wait)} in all (limits.max_wait = {limits.max_wait} s for each): "
        f"at least {duration(plan.seconds)}"
    )


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
