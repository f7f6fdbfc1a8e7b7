"""A prepared query answers as the ORM's own does."""

from __future__ import annotations

from typing import Any

import pytest

from footpath.cases.models import Case
from footpath.core.prepared import Prepared
from tests.world import World

pytestmark = pytest.mark.django_db


def whole(pk: int) -> Any:
    return Case.objects.select_related("category", "area__tier", "owner", "raised_by").filter(pk=pk)


def test_rows_come_with_their_related_objects(world: World, django_assert_num_queries: Any) -> None:
    case = world.case()
    prepared = Prepared(whole, mark=-1)
    with django_assert_num_queries(1):
        found = prepared.first(case.pk)
        assert found is not None
        assert (found.area.tier.code, found.category.code) == ("hamlet", "irrigation")
        assert found.owner is None
    expected = whole(case.pk).get()
    assert {field.attname: getattr(found, field.attname) for field in Case._meta.fields} == {
        field.attname: getattr(expected, field.attname) for field in Case._meta.fields
    }


def test_it_is_written_once_and_asked_with_other_values(world: World) -> None:
    first, second = world.case(title="One"), world.case(title="Two")
    prepared = Prepared(whole, mark=-1)
    assert [prepared.first(case.pk) for case in (first, second)] == [first, second]
    assert prepared.first(10**9) is None


def test_a_query_without_the_value_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="does not stand"):
        Prepared(lambda _value: Case.objects.all(), mark=-1).rows(1)
