"""The engine of g2c. Importing it imports nothing else; what notebooks use comes when asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noteboosh.answers import answer as answer
    from noteboosh.curves import curve as curve

__all__ = ["answer", "curve"]

_HOMES = {
    "answer": "noteboosh.answers",
    "curve": "noteboosh.curves",
    "load_ipython_extension": "noteboosh.ipython",
    "unload_ipython_extension": "noteboosh.ipython",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
