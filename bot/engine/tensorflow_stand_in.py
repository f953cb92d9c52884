"""Lets Rasa be imported without TensorFlow.

Rasa imports TensorFlow to define its neural components, even when none is used. The stand-in
satisfies those definitions; whoever creates one of them gets `TensorFlowAbsent`.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import Any, ClassVar

NAMES = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_text", "tensorflow_hub", "keras"})


class TensorFlowAbsent(RuntimeError):
    """A component that needs TensorFlow was created."""


class _PlaceholderType(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(name)


class _Placeholder(metaclass=_PlaceholderType):
    """Serves as base class, decorator and annotation."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_is_placeholder" not in cls.__dict__:
            raise TensorFlowAbsent(f"{cls.__name__} needs TensorFlow, which is not part of this engine")
        if len(args) == 1 and isinstance(args[0], FunctionType):
            return args[0]
        return super().__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if args else self


def _placeholder(name: str) -> type:
    return _PlaceholderType(name, (_Placeholder,), {"_is_placeholder": True})


class StandInModule(ModuleType):
    """A module whose every attribute is a placeholder."""

    __version__ = "2.12.0"
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _placeholder(name)
        setattr(self, name, value)
        return value

    def is_tensor(self, value: object) -> bool:
        """Other libraries ask this of whatever sits under TensorFlow's name."""
        return False


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in NAMES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def install() -> None:
    """Call before the first import of rasa."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # thinc (spaCy) looks for TensorFlow and would take the stand-in for the real one.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    import thinc.compat  # noqa: F401

    del sys.modules["tensorflow"]
    sys.meta_path.insert(0, _Finder())
