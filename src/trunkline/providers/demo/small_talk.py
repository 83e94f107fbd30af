"""What the demo says to a greeting and the like: short, as a model would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

HELLO: Final = (
    "Hello! How can I help you today? I am the demo model of Trunkline: connect a provider, and a real model answers in"
    " my place."
)
_WELL: Final = "I am well, thank you! I am the demo model of Trunkline, so every day is the same to me. How can I help?"
_NAME: Final = (
    "I am the demo model that comes with Trunkline. I need neither a key nor a network, and the same question always"
    " gets the same answer from me."
)
_WELCOME: Final = "You are welcome! Is there anything else?"
_BYE: Final = "Goodbye! Come back whenever you like."
_HERE: Final = "I am here, and everything works: this answer came through Trunkline."

_SAID: Final[Mapping[str, str]] = {
    r"(please )?(say )?(hello|hi|hey|hiya|howdy|greetings|good (morning|afternoon|evening|day))"
    r"( there| again| everyone| world| trunkline| to me| please)*": HELLO,
    r"((hello|hi|hey) )?how (are|r) (you|u)( doing)?( today)?": _WELL,
    r"(who|what) are you|what( is|s) your name": _NAME,
    r"(many )?thanks( a lot| so much)?|thank you( very much| so much)?|thx": _WELCOME,
    r"(good)?bye( bye)?|see you( later| soon)?|good night": _BYE,
    r"ping|test(ing)?|are you there|does (this|it) work": _HERE,
}
"""What may be said, as one pattern for each reply: words in small letters, without marks."""


def find_reply(said: str) -> str | None:
    """The reply to ``said``; None where it is no small talk."""
    words = " ".join(re.findall(r"[a-z]+", said.lower().replace("'", "")))
    if len(said) > 2 * len(words) + 10:
        return None
    return next((reply for pattern, reply in _SAID.items() if re.fullmatch(pattern, words)), None)
