"""The optional parts of the installation: a verb whose extra is missing says which to install."""

from __future__ import annotations

from personas.errors import InputError


def require_stats(where: str) -> None:
    """Raise InputError unless the statistics are installed; `where` names who needs them."""
    try:
        import evalica  # noqa: F401
    except ImportError:
        raise InputError(
            "the statistics are not installed",
            where=where,
            todo="pip install 'counselgym[stats]'",
        ) from None
