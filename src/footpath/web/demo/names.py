"""Invented names of people and hamlets. Nobody here exists."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random


def _listed(*lines: str) -> tuple[str, ...]:
    return tuple(name.strip() for line in lines for name in line.split(","))


FAMILY = _listed(
    "Nguyễn, Nguyễn, Nguyễn, Nguyễn, Trần, Trần, Lê, Lê, Phạm, Huỳnh, Võ, Phan, Trương",
    "Bùi, Đặng, Đỗ, Ngô, Hồ, Dương, Đoàn, Lâm, Lương, Mai, Tô, Thái",
)
WOMEN = (
    _listed("Thị, Thị Kim, Thị Mỹ, Thị Thanh, Thị Bích, Ngọc, Thị Cẩm, Thị Hồng"),
    _listed(
        "Hạnh, Lan, Hoa, Thủy, Nga, Trang, Yến, Tuyền, Nhung, Phượng, Loan, Diễm, Thảo, Hiền",
        "Ngân, Duyên, Đào, Liên, Mai, Xuân, Thơ, Quyên, Trinh, Vân",
    ),
)
MEN = (
    _listed("Văn, Minh, Hữu, Thanh, Quốc, Hoàng, Công, Tấn, Ngọc, Trung"),
    _listed(
        "Hùng, Dũng, Tâm, Lộc, Phước, Khánh, Nghĩa, Hiếu, Tài, Đức, Thành, Vinh, Sơn, Hải, Long",
        "Phong, Nhân, Tín, Kiệt, Bảo, Duy, Toàn, Thắng, Lợi, Cường, Đạt",
    ),
)
NOT_INVENTED = frozenset(
    {
        "Huỳnh Văn Sáu",
        "Nguyễn Vĩnh Phúc",
        "Phan Song Toàn",
        "Hồ Chí Cường",
        "Nguyễn Thị Ngọc Bích",
    }
)
"""People named in the founding paper: the demonstration never uses their names."""

FIRST = _listed(
    "An, Bình, Đông, Hòa, Hưng, Long, Mỹ, Phú, Phước, Tân, Thạnh, Thới, Tiên, Vĩnh, Xuân"
)
SECOND = _listed(
    "An, Bình, Đức, Hiệp, Hòa, Hưng, Khánh, Lộc, Lợi, Mỹ, Nghĩa, Nhơn, Phong, Phú, Quý, Thạnh",
    "Thành, Thuận, Trị, Trung",
)


def people(random: Random) -> Iterator[str]:
    """Return names without end, none twice."""
    given: set[str] = set(NOT_INVENTED)
    while True:
        middles, lasts = random.choice((WOMEN, MEN))
        name = f"{random.choice(FAMILY)} {random.choice(middles)} {random.choice(lasts)}"
        if name not in given:
            given.add(name)
            yield name


def hamlets(random: Random) -> Iterator[str]:
    """Return names of hamlets without their kind, none twice; about 290 of them."""
    pairs = [f"{one} {two}" for one in FIRST for two in SECOND if one != two]
    random.shuffle(pairs)
    yield from pairs
