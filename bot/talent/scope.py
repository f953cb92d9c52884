"""Who sees which record: one condition for lists, search, reading, export and statistics."""

from sqlalchemy import ColumnElement, String, cast, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.accounts.permissions import Permission, Staff
from bot.errors import Refusal
from bot.talent.models import Assignment, Talent
from bot.talent.places import covers, within


def visible(staff: Staff) -> ColumnElement[bool]:
    """Condition over Talent. Whoever fits none of the three kinds of account sees nobody."""
    if staff.employer_id is not None:
        return Talent.employer_id == staff.employer_id
    if Permission.CASE_READ in staff.permissions:  # the centre's own people
        own = select(Assignment.talent_id).where(Assignment.staff_id == staff.id)
        return or_(within(Talent.region, staff.region), Talent.id.in_(own))
    if staff.department is not None:
        return shared_with(staff.department) & within(Talent.region, staff.region)
    return false()


def shared_with(department: str) -> ColumnElement[bool]:
    """Records whose list of departments holds this key; JSON is compared as text, alike on both databases."""
    return cast(Talent.departments, String).contains(f'"{department}"', autoescape=True)


def in_reach(staff: Staff, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Condition over a region column of what is not personal: employers, projects, demands."""
    return false() if staff.employer_id is not None else within(column, staff.region)


def check_place(staff: Staff, region: str) -> None:
    """A record may be written, and moved, only within the account's region."""
    if not covers(staff.region, region):
        raise Refusal("out_of_reach", "这超出了您负责的地区，请联系上级单位的同事。", status=403)


def check_everywhere(staff: Staff) -> None:
    """What holds for every place is for those who answer for the whole country."""
    check_place(staff, "000000")
