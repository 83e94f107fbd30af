"""Provisioned groups: who is in them decides which roles they have."""

from __future__ import annotations

from collections.abc import Collection

from scim2_models import InvalidValueException, NotFoundException

from trunkline.control.provisioning.people import ProvisionedPeople, write_attributes, write_meta
from trunkline.control.provisioning.resources import Group, Member
from trunkline.storage import provisioning
from trunkline.storage.database import Transaction
from trunkline.storage.tables import IdentityProvider, ProvisionedGroup, now


class ProvisionedGroups:
    """The groups that one provider has sent."""

    def __init__(self, provider: IdentityProvider, people: ProvisionedPeople) -> None:
        self._provider = provider
        self._people = people

    async def find(self, tx: Transaction, group_id: str, *, lock: bool = False) -> ProvisionedGroup:
        """The group of that id. Raises NotFoundException."""
        found = await provisioning.find_group(tx, self._provider.id, group_id, lock=lock)
        if found is None:
            raise NotFoundException(detail="There is no group of that id.")
        return found

    async def create(self, tx: Transaction, given: Group) -> ProvisionedGroup:
        """A new one, with its members."""
        group = ProvisionedGroup(provider_id=self._provider.id, display_name="", name_key="", attributes={}, version=0)
        await provisioning.insert_group(tx, group)
        await self.update(tx, group, given)
        return group

    async def update(self, tx: Transaction, group: ProvisionedGroup, given: Group) -> None:
        """Make it what ``given`` says, whole. Whoever came or went, or all when its name is another, has new roles."""
        assert given.display_name is not None
        before = {each.id for each in await provisioning.find_members(tx, group.id)}
        after = {each.value for each in given.members or [] if each.value}
        await self._require_known(tx, after - before)
        renamed = group.display_name != given.display_name
        group.attributes = write_attributes(given)
        group.display_name, group.name_key = given.display_name, given.display_name.lower()
        group.external_id = given.external_id
        group.version += 1
        group.updated_at = now()
        await tx.flush()
        await provisioning.change_members(tx, group.id, add=after - before, remove=before - after)
        for identity_id in sorted(before | after if renamed else before ^ after):
            await self._people.apply_roles(tx, identity_id)

    async def delete(self, tx: Transaction, group: ProvisionedGroup) -> None:
        """Delete it: its members lose the roles that it gave."""
        members = [each.id for each in await provisioning.find_members(tx, group.id)]
        await provisioning.remove_group(tx, group)
        for identity_id in members:
            await self._people.apply_roles(tx, identity_id)

    async def show(self, tx: Transaction, group: ProvisionedGroup) -> Group:
        """The group as SCIM has it."""
        found = Group.model_validate(group.attributes)
        members = [
            Member.model_validate({"value": each.id, "$ref": f"Users/{each.id}", "type": "User"})
            for each in await provisioning.find_members(tx, group.id)
        ]
        found.members = members or None
        found.id = group.id
        found.meta = write_meta("Group", group.created_at, group.updated_at, group.version)
        return found

    async def _require_known(self, tx: Transaction, ids: Collection[str]) -> None:
        known = await provisioning.find_existing(tx, self._provider.id, ids)
        unknown = sorted(set(ids) - known)
        if unknown:
            raise InvalidValueException(
                detail=f"There is no user of the id {unknown[0][:64]!r}. Members of a group are users: send them first,"
                " and no groups in groups."
            )
