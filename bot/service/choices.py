"""What can be chosen at the steps that are neither a question nor a field. Pure."""

from bot.service.composing import MATERIAL
from bot.service.materials import files_of, material_at
from bot.service.schemas import Option, ServiceItem
from bot.service.steps import EDIT, LEAVE, NOTICE, RESULT, SUMMARY, Draft, label_of, order
from bot.service.texts import Texts

_NAMED = {
    NOTICE: ("go_on", "delegate", "not_now"),
    RESULT: ("go_on", "delegate", "change"),
    SUMMARY: ("submit", "edit", "pause", "delegate"),
    LEAVE: ("keep", "pause", "drop"),
}
# Where the words people use stand under another name.
_WORDS_OF = {"go_on": "continue"}
# Of a material's step in a button, whose values hold no colon.
_BUTTON_MATERIAL = "material-"


def choices(*, item: ServiceItem, draft: Draft, texts: Texts) -> list[Option]:
    if draft["step"] == EDIT:
        given = [key for key in order(item=item, values=draft["values"]) if key in draft["values"]]
        return [
            Option(value=key.replace(MATERIAL, _BUTTON_MATERIAL), title=label_of(item=item, key=key))
            for key in given
        ]
    material = material_at(item=item, step=draft["step"])
    keys = _NAMED.get(draft["step"], ())
    if material and files_of(draft["values"].get(draft["step"])):
        keys = ("enough", "anew")
    elif material:
        keys = ("later",) if material.required else ("later", "none")
    return [
        Option(
            value=key,
            title=texts.say(f"button_{key}"),
            words=texts.field_words.get(_WORDS_OF.get(key, key), []),
        )
        for key in keys
    ]


def named_step(option: str) -> str:
    """The step a choice of EDIT means."""
    return option.replace(_BUTTON_MATERIAL, MATERIAL)
