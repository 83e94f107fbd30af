"""Features as people see them: however many there are, by as many queries as one."""

from __future__ import annotations

from typing import cast

from sqlalchemy import event

from trunkline.control.features.catalogue import Catalogue, Listing
from trunkline.control.features.starting_features import STARTING_FEATURES
from trunkline.control.features.state import new_row
from trunkline.control.features.view import FeatureView, judge
from trunkline.core.actor import Actor
from trunkline.core.errors import Unavailable
from trunkline.providers.model_info import ModelInfo
from trunkline.storage import configurations, features, workspaces
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration, User, Workspace


class Nothing:
    """A catalogue whose provider does not answer."""

    async def read(self, *_: object, **__: object) -> Listing:
        raise Unavailable("down")


async def test_a_list_takes_as_many_queries_as_one(database: Database) -> None:
    async with database.write() as tx:
        user = User(email="a@example.com", name="a", password_hash="x")
        tx.add(user)
        await tx.flush()
        workspace = await workspaces.insert(tx, Workspace(name="w"), owner_id=user.id)
        await configurations.insert(
            tx,
            Configuration(
                workspace_id=workspace.id, user_id=user.id, name="Team", provider="demo", model="m", is_shared=True
            ),
        )
        for index in range(20):
            row = new_row(workspace.id, user.id, slug=f"own-{index}", name="Own", kind="chat", model="a/b")
            row.target = "Team" if index % 2 else f"Team/m{index}"
            row.revision = 1
            await features.insert(tx, row)
        engine = tx.get_bind().engine
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    view = FeatureView(database, cast("Catalogue", Nothing()))
    actor = Actor(user_id=user.id, workspace_id=workspace.id, role="admin")
    event.listen(engine, "before_cursor_execute", note)
    try:
        one = await view.get(actor, "own-1")
        for_one = len(statements)
        records = (await view.list(actor)).items
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) - for_one == for_one
    assert [record.slug for record in records[:5]] == list(STARTING_FEATURES)
    assert [record.serving_model for record in records[5:9]] == ["m0", "m", "m2", "m"]
    assert one in records


def test_a_model_is_there_when_it_is_listed_or_is_one_that_is_routed_another_way() -> None:
    models = tuple(ModelInfo(id=name, name=name, capabilities=("text",)) for name in ("a/one", "a/two", "a/two:free"))
    listing = Listing(provider="openrouter", source="live", models=models)
    for name, listed in (
        ("a/one", "a/one"),
        ("a/one:nitro", "a/one"),
        ("a/one:online", "a/one"),
        ("a/two:free", "a/two:free"),
        ("a/one:free", None),
        ("a/one:thinking", None),
        ("a/three", None),
    ):
        standing = judge(name, "chat", listing)
        assert (standing.info and standing.info.id, standing.available) == (listed, listed is not None), name
    # What another place has, this list does not know.
    assert judge("a/three", "chat", listing, elsewhere=True).available is None
