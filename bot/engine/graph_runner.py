"""Runs a trained graph in an order worked out once per target."""

from typing import Any

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

Step = tuple[str, GraphNode, tuple[str, ...]]


class OrderedGraphRunner(DaskGraphRunner):
    """Same nodes and results as Dask's runner, without building and scheduling a graph per call."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[tuple[str, ...], list[Step]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders.setdefault(wanted, self._order(wanted))
        results: dict[str, Any] = dict(inputs or {})
        for name, node, needs in order:
            _, results[name] = node(*((need, results[need]) for need in needs))
        return {name: results[name] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[Step]:
        nodes = self._graph_schema.nodes
        order: list[Step] = []
        done: set[str] = set()

        def visit(name: str) -> None:
            if name in done or name not in nodes:  # placeholders are inputs
                return
            done.add(name)
            needs = tuple(nodes[name].needs.values())
            for need in needs:
                visit(need)
            order.append((name, self._instantiated_nodes[name], needs))

        for target in targets:
            visit(target)
        return order
