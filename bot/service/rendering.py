"""What the guide says at each step, as Content. Pure."""

from bot.conversation.content import Button, Card, Content, Source
from bot.service.choices import choices
from bot.service.materials import (
    elsewhere,
    files_of,
    material_at,
    outstanding,
    step_key,
    uploads,
)
from bot.service.rules import UNCHANGED, Assessment, assess, step_of, summary
from bot.service.schemas import FormField, Material, Option, ServiceItem, Verdict
from bot.service.steps import DONE, EDIT, LEAVE, NOTICE, RESULT, SUMMARY, Draft, order
from bot.service.texts import Texts

TRIES_BEFORE_HELP = 3
_RESULT_TEXT = {
    Verdict.MEETS: "result_meets",
    Verdict.MAY_MEET: "result_may_meet",
    Verdict.DOES_NOT_MEET: "result_does_not_meet",
}


def ask(*, item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    """The question of the open step."""
    special = {NOTICE: _notice, RESULT: _result, SUMMARY: _summary, EDIT: _edit, LEAVE: _leave}.get(
        draft["step"]
    )
    if material_at(item=item, step=draft["step"]):
        special = _material
    content = special(item, draft, texts) if special else _question(item, draft, texts)
    if draft["tries"] >= TRIES_BEFORE_HELP:
        content.paragraphs.append(texts.say("still_stuck"))
        content.buttons.append(Button(title=texts.say("button_human"), payload="/request_human"))
    return content


def option_button(option: Option) -> Button:
    return Button(title=option.title, payload=f'/answer_option{{"option": "{option.value}"}}')


def sources_of(item: ServiceItem) -> list[Source]:
    return [Source(**basis.model_dump(exclude={"code"})) for basis in item.basis]


def _scope(item: ServiceItem) -> str | None:
    year = f"{item.year}年口径" if item.year else ""
    return " · ".join(part for part in (item.place, year) if part) or None


def _notice(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    return Content(
        paragraphs=[texts.say("notice_ask")],
        buttons=[option_button(option) for option in choices(item=item, draft=draft, texts=texts)],
    )


def tell_once(*, item: ServiceItem, texts: Texts) -> Content:
    """一次性告知: everything the talent must know, before anything is asked. The card holds what fits
    on a phone; what had to be shortened is there in full, shown on request."""
    unknown = item.time_limit == "未公布"
    full = full_texts(item=item, texts=texts)
    short = {
        "conditions": item.brief.conditions,
        "materials": item.brief.materials,
        "steps": item.brief.steps,
    }
    rows = [(texts.say(f"notice_{part}"), short[part] or "\n".join(full[part])) for part in full]
    rows += [
        (texts.say("notice_time"), texts.say("notice_time_unknown") if unknown else item.time_limit),
        (texts.say("notice_lead"), item.lead_dept),
        (texts.say("notice_office"), item.office),
        (texts.say("notice_phone"), item.phone or ""),
        (texts.say("notice_basis"), _basis(item)),
        (texts.say("notice_green"), texts.say("notice_green_yes") if item.green else ""),
    ]
    return Content(
        card=Card(
            title=texts.say("notice_title", name=item.name),
            rows=[row for row in rows if row[1]],
            more=[(texts.say(f"more_{part}"), lines) for part, lines in full.items() if short[part]],
        ),
        caution=item.caution,
        scope=_scope(item),
        sources=sources_of(item),
    )


def full_texts(*, item: ServiceItem, texts: Texts) -> dict[str, list[str]]:
    """Conditions, materials and steps as numbered lines."""

    def numbered(lines: list[str]) -> list[str]:
        return [f"{n}. {line}" for n, line in enumerate(lines, start=1)]

    materials = [
        m.name
        + (f"（{m.form}）" if m.form else "")
        + ("" if m.required else texts.say("notice_optional"))
        + (f"：{m.note}" if m.note else "")
        for m in item.materials
    ]
    parts = {"conditions": item.conditions, "materials": materials, "steps": item.steps}
    return {part: numbered(lines) for part, lines in parts.items() if lines}


def _basis(item: ServiceItem) -> str:
    return "；".join(
        f"《{basis.title.strip('《》')}》{basis.number or ''}{basis.clause or ''}" for basis in item.basis
    )


def _result(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    result = assess(item=item, values=draft["values"])
    paragraphs = [texts.say(_RESULT_TEXT[result.verdict])]
    if result.route:
        paragraphs.append(texts.say(f"route_{result.route}"))
    return Content(
        paragraphs=[*paragraphs, texts.say("result_next")],
        items=_reasons(result, texts),
        caution=texts.say("result_caution"),
        sources=sources_of(item),
        buttons=[option_button(option) for option in choices(item=item, draft=draft, texts=texts)],
    )


def _reasons(result: Assessment, texts: Texts) -> list[str]:
    if not result.reasons:
        return [texts.say("result_no_rule")]
    return [
        texts.say("result_reason", because=rule.because, basis=rule.basis)
        if rule.basis
        else texts.say("result_reason_bare", because=rule.because)
        for rule in result.reasons
    ]


def _summary(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    rows = [*_handed_in(item, draft, texts), *summary(item=item, draft=draft)]
    return Content(
        card=Card(title=texts.say("summary_title", name=item.name), rows=rows),
        paragraphs=[*still_owed(item=item, values=draft["values"], texts=texts), texts.say("summary_ask")],
        caution=texts.say("result_caution") if item.questions else None,
        buttons=[option_button(option) for option in choices(item=item, draft=draft, texts=texts)],
    )


def still_owed(*, item: ServiceItem, values: dict[str, str], texts: Texts) -> list[str]:
    """缺项一次说完: every material that is still owed, and where it goes."""
    later = outstanding(item=item, values=values)
    other = elsewhere(item=item, values=values)
    lines = []
    if later:
        lines.append(texts.say("owed_later", labels="、".join(m.name for m in later)))
    if other:
        named = "；".join(f"{m.name}（{m.form}）" if m.form else m.name for m in other)
        lines.append(texts.say("owed_elsewhere", labels=named))
    return lines


def _handed_in(item: ServiceItem, draft: Draft, texts: Texts) -> list[tuple[str, str]]:
    values = draft["values"]
    return [
        (m.name, _given(values[step_key(m)], texts))
        for m in uploads(item=item, values=values)
        if step_key(m) in values
    ]


def _given(value: str, texts: Texts) -> str:
    files = files_of(value)
    if files:
        return texts.say("material_given", number=len(files))
    return texts.say("material_later" if value else "material_none")


def _material(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    materials = uploads(item=item, values=draft["values"])
    number = [step_key(material) for material in materials].index(draft["step"])
    material = materials[number]
    files = files_of(draft["values"].get(draft["step"]))
    buttons = [option_button(option) for option in choices(item=item, draft=draft, texts=texts)]
    back = Button(title=texts.say("button_back"), payload="/go_back")
    if files:
        said = texts.say("file_taken", label=material.name, number=len(files))
        return Content(paragraphs=[said], buttons=[*buttons, back])
    ask_it = texts.say("material", number=number + 1, total=len(materials), label=material.name)
    told = [ask_it, *_about(material), texts.say("material_how")]
    return Content(paragraphs=told, buttons=[*buttons, back])


def _about(material: Material) -> list[str]:
    about = "；".join(part for part in (material.form, material.note) if part)
    return [f"{about}。"] if about else []


def _leave(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    return Content(
        paragraphs=[texts.say("leave_ask", name=item.name, number=len(draft["values"]))],
        buttons=[option_button(option) for option in choices(item=item, draft=draft, texts=texts)],
    )


def _edit(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    buttons = [option_button(option) for option in choices(item=item, draft=draft, texts=texts)]
    return Content(
        paragraphs=[texts.say("edit_ask")],
        buttons=[*buttons, Button(title=texts.say("button_back"), payload="/go_back")],
    )


def _question(item: ServiceItem, draft: Draft, texts: Texts) -> Content:
    step = step_of(item=item, draft=draft)
    if step is None or draft["step"] == DONE:
        return Content()
    asks_data = isinstance(step, FormField)
    group = {s.key for s in (item.fields if asks_data else item.questions)}
    places = [key for key in order(item=item, values=draft["values"]) if key in group]
    paragraphs = [
        texts.say(
            "field" if asks_data else "question",
            number=places.index(step.key) + 1,
            total=len(places),
            ask=step.ask,
        )
    ]
    if step.help:
        paragraphs.append(step.help)
    if asks_data and step.key == places[0]:
        paragraphs.append(texts.say("privacy"))
    buttons = [option_button(option) for option in step.options]
    given = dict(summary(item=item, draft=draft)).get(step.label)
    if given:
        paragraphs.append(texts.say("given_before", value=given))
        buttons.insert(0, option_button(Option(value=UNCHANGED, title=texts.say("button_unchanged"))))
    if isinstance(step, FormField) and not step.required:
        buttons.append(option_button(Option(value="skip", title=texts.say("button_skip"))))
    buttons.append(Button(title=texts.say("button_back"), payload="/go_back"))
    return Content(paragraphs=paragraphs, buttons=buttons)
