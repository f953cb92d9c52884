"""The executor that the app mounts at /internal/actions."""

import importlib
import inspect
import pkgutil
from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

import actions


class DomainlessExecutor(ActionExecutor):
    """No action here reads the domain, so the engine does not send its 44 KB with every call."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return {}


def build_executor() -> ActionExecutor:
    """Every Action of this package. The SDK's own loader would end the process on a bad import."""
    executor = DomainlessExecutor()
    for found in pkgutil.iter_modules(actions.__path__, prefix="actions."):
        module = importlib.import_module(found.name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Action) and member.__module__ == module.__name__:
                executor.register_action(member)
    return executor
