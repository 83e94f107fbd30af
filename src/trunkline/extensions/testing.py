"""The kit for tests of an extension. Each check raises AssertionError that says what is wrong, and opens no network.

It needs nothing but pytest, or any other runner of tests.
"""

from __future__ import annotations

from trunkline.extensions.alert_channel_check import check_alert_channel
from trunkline.extensions.gate_check import check_gate
from trunkline.extensions.provider_check import check_provider
from trunkline.extensions.sent_request import SentRequest

__all__ = ["SentRequest", "check_alert_channel", "check_gate", "check_provider"]
