"""Where the SCIM protocol reads and writes: the users and groups of one provider, in one transaction a request."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from scim2_models import NotImplementedException as NotSupported
from scim2_models import (
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
)
from scim2_models.path import CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator
from scim2_server.storage import AsyncScimStorage, SearchPage

from trunkline.control.provisioning.groups import ProvisionedGroups
from trunkline.control.provisioning.people import ProvisionedPeople
from trunkline.control.provisioning.resources import MOST_RESULTS, Group, User
from trunkline.storage import provisioning
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import ProvisionedGroup, UserIdentity

_COLUMNS: dict[str, dict[str, str]] = {
    "User": {"id": "id", "username": "user_name", "externalid": "external_id"},
    "Group": {"id": "id", "displayname": "name_key", "externalid": "external_id"},
}
"""By resource type: the attributes, in lower case, that an index finds, and its columns."""

_FOLDED = frozenset({"user_name", "name_key"})
"""Columns in lower case: their attributes are compared so."""


class ProvisionedStorage(AsyncScimStorage):
    """For one request. ``writes``: what it reads it will change, so it is held."""

    def __init__(
        self,
        database: Database,
        provider_id: str,
        people: ProvisionedPeople,
        groups: ProvisionedGroups,
        *,
        writes: bool,
    ) -> None:
        self._database = database
        self._provider_id = provider_id
        self._people = people
        self._groups = groups
        self._writes = writes
        self._open: Transaction | None = None

    def operation(self) -> AbstractAsyncContextManager[None]:
        """One transaction for all that a request does, so that nothing of it is half done."""
        return self._transact()

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """See the base class."""
        if resource_type.name == "User":
            return self._people.show(await self._people.find(self._tx, resource_id, lock=self._writes))
        return await self._groups.show(self._tx, await self._groups.find(self._tx, resource_id, lock=self._writes))

    async def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """See the base class. What an index finds is not looked for among all."""
        if len(resource_types) != 1:
            raise NotSupported(detail="Search users and groups apart: /Users or /Groups.")
        kind = cast("str", resource_types[0].name)
        wanted: ScimFilter[Any] | None = search_request.filter
        start = search_request.start_index_0 or 0
        count = MOST_RESULTS if search_request.count is None else search_request.count
        if wanted is None:
            total = await (provisioning.count_users if kind == "User" else provisioning.count_groups)(
                self._tx, self._provider_id
            )
            return SearchPage(total, await self._read(kind, {}, offset=start, limit=count) if count else [])
        equal = {
            column: value.lower() if column in _FOLDED else value
            for name, value in _find_equal(wanted.ast).items()
            if (column := _COLUMNS[kind].get(name.lower())) is not None
        }
        found = [each for each in await self._read(kind, equal) if wanted.match(each)]
        return SearchPage(len(found), found[start : start + count])

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """See the base class."""
        if resource_type.name == "User":
            return self._people.show(await self._people.create(self._tx, cast("User", resource)))
        return await self._groups.show(self._tx, await self._groups.create(self._tx, cast("Group", resource)))

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """See the base class."""
        assert resource.id is not None
        if resource_type.name == "User":
            identity = await self._people.find(self._tx, resource.id, lock=True)
            _check(identity, expected_version)
            await self._people.update(self._tx, identity, cast("User", resource))
            return self._people.show(identity)
        group = await self._groups.find(self._tx, resource.id, lock=True)
        _check(group, expected_version)
        await self._groups.update(self._tx, group, cast("Group", resource))
        return await self._groups.show(self._tx, group)

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """See the base class."""
        if resource_type.name == "User":
            identity = await self._people.find(self._tx, resource_id, lock=True)
            _check(identity, expected_version)
            await self._people.delete(self._tx, identity)
        else:
            group = await self._groups.find(self._tx, resource_id, lock=True)
            _check(group, expected_version)
            await self._groups.delete(self._tx, group)

    @property
    def _tx(self) -> Transaction:
        assert self._open is not None, "the protocol reads and writes inside of an operation"
        return self._open

    @asynccontextmanager
    async def _transact(self) -> AsyncGenerator[None]:
        async with self._database.write() if self._writes else self._database.read() as tx:
            self._open = tx
            try:
                yield
            finally:
                self._open = None

    async def _read(
        self, kind: str, equal: dict[str, str], *, offset: int = 0, limit: int | None = None
    ) -> list[Resource[Any]]:
        if kind == "User":
            identities = await provisioning.find_users(self._tx, self._provider_id, equal, offset=offset, limit=limit)
            return [self._people.show(each) for each in identities]
        groups = await provisioning.find_groups(self._tx, self._provider_id, equal, offset=offset, limit=limit)
        return [await self._groups.show(self._tx, each) for each in groups]


def _find_equal(node: FilterNode) -> dict[str, str]:
    """The attributes that must equal a text for the filter to match, whatever else it says."""
    match node:
        case Comparison(op=CompareOperator.eq, value=str(value)):
            return {str(node.attr_path).rpartition(":")[2]: value}
        case LogicalExpr(op=LogicalOperator.and_):
            found: dict[str, str] = {}
            for part in node.terms:
                found |= _find_equal(part)
            return found
        case _:
            return {}


def _check(row: UserIdentity | ProvisionedGroup, expected_version: str | None) -> None:
    if expected_version is not None and expected_version != f'W/"{row.version}"':
        raise PreconditionFailedException
