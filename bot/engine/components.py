"""Which components of a pipeline or model cannot run here because they need TensorFlow."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.exceptions import RasaException

from bot.engine.tensorflow_stand_in import StandInModule


class NeedsTensorFlow(RasaException):
    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"not possible in this engine, which has no TensorFlow: {', '.join(names)}. "
            "Take these components out of config.yml and train again."
        )
        self.names = names


def check_config(config: dict[str, Any]) -> None:
    """Refuse a configuration before anything is trained."""
    names = [entry["name"] for key in ("pipeline", "policies") for entry in config.get(key) or []]
    recipe = DefaultV1Recipe
    _check((name, recipe._from_registry(name).clazz) for name in names)


def guard_training() -> None:
    """Have every training check its configuration first, however it was started."""
    build = DefaultV1Recipe.graph_config_for_recipe

    def checked(self: DefaultV1Recipe, config: dict[str, Any], *rest: Any, **more: Any) -> Any:
        check_config(config)
        return build(self, config, *rest, **more)

    DefaultV1Recipe.graph_config_for_recipe = checked  # type: ignore[method-assign]


def check_model(path: Path) -> None:
    """Refuse a model trained elsewhere before any of its components is created."""
    schema = LocalModelStorage.metadata_from_archive(path).predict_schema
    _check((node.uses.__name__, node.uses) for node in schema.nodes.values())


def _check(components: Iterable[tuple[str, type]]) -> None:
    refused = [name for name, component in components if _needs_tensorflow(component)]
    if refused:
        raise NeedsTensorFlow(refused)


def _needs_tensorflow(component: type) -> bool:
    required = getattr(component, "required_packages", list)()
    # Some components do not declare it; their own module shows it.
    module = vars(sys.modules[component.__module__])
    return "tensorflow" in required or any(isinstance(v, StandInModule) for v in module.values())
