"""Notices: written in the transaction that changes an alert, so that there is neither without the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from trunkline.control.alerts.message import write_message
from trunkline.control.alerts.rule import AlertRule
from trunkline.core.alert import Notice
from trunkline.storage import alert_deliveries, alert_rules
from trunkline.storage.database import Transaction
from trunkline.storage.tables import AlertChannelRow, AlertDeliveryRow, AlertRow


async def tell(tx: Transaction, alert: AlertRow, rule: AlertRule, notice: Notice, at: datetime) -> None:
    """Have the channels of ``rule`` told. That it is over is told to those that heard of it."""
    channels: Sequence[AlertChannelRow] = await alert_rules.find_channels(tx, rule.channel_ids)
    if notice == "resolved":
        told = set(await alert_deliveries.find_told(tx, alert.id))
        channels = [each for each in channels if each.id in told]
    for channel in channels:
        if may_tell(channel, alert):
            delivery = AlertDeliveryRow(
                workspace_id=channel.workspace_id,
                alert_id=alert.id,
                channel_id=channel.id,
                channel_name=channel.name,
                channel_kind=channel.kind,
                notice=notice,
                message=write_message(alert, notice, at),
                next_at=at,
            )
            await alert_deliveries.insert(tx, delivery)


def may_tell(channel: AlertChannelRow, alert: AlertRow) -> bool:
    """Whether a channel is told of an alert: of what is somebody's own, only one that they have made.

    Of what admins see anyway, any one is told: they make the channels.
    """
    if not channel.is_enabled or alert.workspace_id not in {None, channel.workspace_id}:
        return False
    return alert.owner_id is None or alert.is_for_admins or channel.created_by == alert.owner_id
