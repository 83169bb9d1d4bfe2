"""The optional parts of the installation: a verb whose extra is missing says which to install."""

from __future__ import annotations

from importlib.util import find_spec

from personas.errors import InputError


def need_extra(verb: str, extra: str, *modules: str) -> None:
    """Raise InputError where packages of an extra that a verb needs are not installed."""
    if missing := find_missing(*modules):
        what = f"{verb} needs {', '.join(missing)}"
        raise InputError(what, todo=f'pip install "counselgym[{extra}]"')


def find_missing(*modules: str) -> list[str]:
    """Return which modules are not installed, without importing one."""
    return [module for module in modules if find_spec(module) is None]
