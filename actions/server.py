"""The executor that the app mounts at /internal/actions."""

import importlib
import inspect
import pkgutil

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

import actions


def build_executor() -> ActionExecutor:
    """Every Action of this package. The SDK's own loader would end the process on a bad import."""
    executor = ActionExecutor()
    for found in pkgutil.iter_modules(actions.__path__, prefix="actions."):
        module = importlib.import_module(found.name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Action) and member.__module__ == module.__name__:
                executor.register_action(member)
    return executor
