"""What is sent in to change a record, bounded; the same for pages, workbooks and the sample data."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.talent.models import CardStatus, Education, Origin

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Region = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]


Word16 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16)]
Word32 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
Word64 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Word100 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Word200 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TalentFields(Strict):
    """Everything of a record but the sealed values."""

    name: Word64
    gender: Literal["男", "女"] | None = None
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    nationality: Word32 = "中国"
    education: Education
    top_school: bool = False
    school: Word64 | None = None
    graduated_on: Day | None = None
    title: Word32 | None = None
    position: Word64 | None = None
    employer_id: Id | None = None
    fulltime: bool | None = None
    industry: Word32 | None = None
    fields: Annotated[list[Word32], Field(max_length=10)] = []
    region: Region
    origin: Origin | None = None
    arrived_on: Day | None = None
    postdoc: Literal["在站", "出站"] | None = None
    honours: Annotated[list[Word32], Field(max_length=20)] = []
    expert: bool = False
    abroad: bool = False
    serves_grassroots: bool = False
    departments: Annotated[list[Key], Field(max_length=20)] = []


class SealedFields(Strict):
    """None leaves what is kept; an empty phone or e-mail takes it out."""

    id_kind: Literal["身份证", "护照"] = "身份证"
    id_number: Annotated[str, StringConstraints(max_length=32)] | None = None
    phone: Annotated[str, StringConstraints(max_length=32)] | None = None
    email: Annotated[str, StringConstraints(max_length=100)] | None = None


class TalentEdit(TalentFields, SealedFields):
    pass


class TalentBody(TalentEdit):
    revision: Annotated[int, Field(ge=1)] | None = None  # needed to change, absent to make
    why: Annotated[str, StringConstraints(max_length=200)] = ""


class TierBody(Strict):
    scheme: Key
    tier: Word16
    valid_from: Day
    valid_to: Day | None = None
    basis: Annotated[str, StringConstraints(max_length=200)] = ""


class ProgrammeBody(Strict):
    name: Word64
    level: Literal["国家", "省", "市"]
    year: Annotated[int, Field(ge=1978, le=2100)]
    valid_to: Day | None = None


class CardBody(Strict):
    number: Word32
    group: Annotated[int, Field(ge=1, le=5)] | None = None
    route: Literal["direct", "review", "assess"] | None = None
    valid_from: Day
    valid_to: Day | None = None  # None: the 管理期 or the contract's term, else five years
    contract_until: Day | None = None


class CardChangeBody(Strict):
    status: CardStatus
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class SpecialistBody(Strict):
    staff_id: Id
    reason: Word200


class UnmaskBody(Strict):
    fields: Annotated[list[Literal["id_number", "phone", "email"]], Field(min_length=1, max_length=3)]


class FindBody(Strict):
    """A telephone or ID number; in the body, so that no address holds it."""

    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=40)]


class EmployerBody(Strict):
    name: Word100
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NP-RT-UW-Y]{18}$")] | None = None
    kind: Literal["企业", "高校", "科研院所", "医院", "学校", "机关", "其他"]
    region: Region
    industry: Word32 | None = None
    active: bool = True


class InstitutionBody(Strict):
    name: Word100
    kind: Literal["高校", "科研院所"]
    region: Region
    fields: Annotated[list[Word32], Field(max_length=20)] = []


class ProviderBody(Strict):
    name: Word100
    type: Literal["政府", "公益", "社会", "市场"]
    region: Region
    services: Annotated[list[Word64], Field(max_length=20)] = []
    phone: Word32 | None = None
    active: bool = True


class DepartmentBody(Strict):
    name: Word64
    also: Annotated[list[Word64], Field(max_length=20)] = []
    level: Literal["省", "市", "县"]
    region: Region
    parent: Key | None = None
    duties: Annotated[list[Word200], Field(max_length=40)] = []
    phone: Word32 | None = None


class WindowBody(Strict):
    name: Word64
    also: Annotated[list[Word64], Field(max_length=20)] = []
    kind: Literal["服务窗口", "线上平台", "服务点"]
    region: Region
    address: Word100 | None = None
    url: Word100 | None = None
    phone: Word32 | None = None
    services: Annotated[list[Word200], Field(max_length=40)] = []
    items: Annotated[list[Key], Field(max_length=60)] = []
    note: Annotated[str, StringConstraints(max_length=1000)] | None = None


class SettingBody(Strict):
    value: Annotated[int, Field(ge=0, le=100_000)]
    seen: Annotated[int, Field(ge=0, le=100_000)]
