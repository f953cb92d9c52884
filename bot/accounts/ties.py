"""Pure decisions about whom an account works for besides the centre: a department, or an employer."""

from collections.abc import Iterable

from bot.accounts.permissions import Role

UNIT_ROLES = frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER})


def ties_fault(*, roles: Iterable[Role], department: str | None, employer_id: str | None) -> str | None:
    """What does not go together, as a Chinese sentence, or None.

    An employer's account does nothing else: with a second role it would reach the centre's own work.
    """
    held = frozenset(roles)
    of_unit = held & UNIT_ROLES
    if of_unit and held - UNIT_ROLES:
        return "用人单位的账号不能同时担任其他角色，请另建账号。"
    if of_unit and not employer_id:
        return "用人单位的账号要先选择所属单位。"
    if employer_id and not of_unit:
        return "只有用人单位的账号才选择所属单位，请去掉单位或改选角色。"
    if Role.DEPARTMENT in held and not department:
        return "职能部门经办的账号要先选择所属部门。"
    if department and Role.DEPARTMENT not in held:
        return "只有职能部门经办的账号才选择部门，请去掉部门或改选角色。"
    return None
