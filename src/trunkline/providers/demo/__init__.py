"""A model that needs no key and no network: the first run, the guide and the console's tests talk to it.

It speaks OpenAI's chat wire, so that everything around it (dialects, streaming, accounting, health) is the real thing.
The same request always gets the same answer. A token is a word or a punctuation mark, and only text counts.
"""

from trunkline.providers.demo.transport import DemoTransport

__all__ = ["DemoTransport"]
