"""Each replacement inside Rasa gives what the original gives."""

from pathlib import Path

from tests.engine.engine_process import check

_START = """
from bot.engine import tensorflow_stand_in
tensorflow_stand_in.install()
from bot.engine import patches
"""


def test_events_are_resolved_to_the_same_classes() -> None:
    check(
        _START
        + """
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.utils.common import all_subclasses
names = [c.type_name for c in all_subclasses(Event)] + ["topic", "unknown", "", None]
def result(resolve, name, default):
    try: return resolve(name, default)
    except ValueError as error: return str(error)
class Other(Event): pass
for default in (None, Other):
    for name in names:
        ours, theirs = (result(r, name, default) for r in (patches.resolve_by_type, patches._resolve_slowly))
        assert ours is theirs or ours == theirs, name
raw = [{"event": "slot", "name": "region", "value": "370000"}, {"event": "action", "name": "a"},
       {"event": "user", "text": "x", "parse_data": {"intent": {"name": "greet"}, "entities": []}},
       {"event": "bot", "text": "y"}, {"event": "active_loop", "name": None},
       {"event": "followup", "name": "b"},
       {"event": "session_started"}, {"event": "pause"}, {"event": "undo"}, {"event": "rewind"}]
before = [e.as_dict() for e in deserialise_events([dict(r, timestamp=1.0) for r in raw])]
patches.apply()
assert Event.resolve_by_type is patches.resolve_by_type
assert [e.as_dict() for e in deserialise_events([dict(r, timestamp=1.0) for r in raw])] == before
"""
    )


def test_results_of_actions_are_judged_alike() -> None:
    check(
        _START
        + """
import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
action = RemoteAction("action_menu", EndpointConfig())
cases = [
    {"events": [], "responses": []}, {}, {"events": None}, {"events": "x"}, {"responses": {}},
    {"responses": [1]},
    {"responses": [{"text": "a"}]}, {"events": [{"event": "slot", "name": "a", "value": 1}]},
    {"events": [{"event": "slot"}]}, {"events": [{"event": "unknown"}]}, {"events": [{}]}, {"events": [[]]},
    {"events": [{"event": "slot", "name": "a", "value": None, "timestamp": None}]},
    {"events": [{"event": "action", "name": "a"}, {"event": "action", "name": 5}]},
    {"events": [{"event": "active_loop", "name": None}]}, [], "x", None, 5,
]
def judged(judge, case):
    try: return judge(action, case)
    except jsonschema.ValidationError as error: return error.message
for case in cases:
    assert judged(patches.validate_action_result, case) == judged(patches._validate_slowly, case), case
"""
    )


def test_the_ordered_graph_gives_what_dask_gives(trained_model: Path) -> None:
    check(
        _START
        + """
import sys, tempfile
from pathlib import Path
from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot.engine import quiet_logs
from bot.engine.graph_runner import OrderedGraphRunner
quiet_logs.silence_libraries()
metadata, ours = loader.load_predict_graph_runner(
    Path(tempfile.mkdtemp()), Path(sys.argv[1]), LocalModelStorage, OrderedGraphRunner)
nodes = ours._instantiated_nodes
def tracker(intent):
    return DialogueStateTracker.from_events("a", [ActionExecuted("action_session_start"), SessionStarted(),
        ActionExecuted("action_listen"), UserUttered("x", {"name": intent, "confidence": 1.0}, [])],
        metadata.domain.slots, domain=metadata.domain)
said = {"惠才卡有效期几年": "ask_policy", "临沂": "choose_region", "转人工": "request_human", "😀": "deny"}
for text, intent in said.items():
    for target in (metadata.nlu_target, metadata.core_target):
        inputs = lambda: {"__message__": [UserMessage(text, message_id="1")], "__tracker__": tracker(intent)}
        mine = ours.run(inputs(), [target])
        theirs = DaskGraphRunner.run(ours, inputs(), [target])
        assert mine.keys() == theirs.keys()
        a, b = mine[target], theirs[target]
        if target == metadata.nlu_target:
            assert [m.as_dict() for m in a] == [m.as_dict() for m in b]
            assert a[0].get("intent")["name"]
        else:
            assert (a.probabilities, a.policy_name) == (b.probabilities, b.policy_name)
            assert max(a.probabilities) == 1.0
assert nodes
""",
        str(trained_model),
    )
