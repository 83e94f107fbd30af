"""Small programs of the usual client libraries, as their documentation writes them: a loop of tool calls, an answer
with a given structure, and a stream. Run in the clients' own environment: ``programs.py ADDRESS KEY PROVIDER...``.

Prints one line of JSON for each program and provider: the library, its client's wire, what was tried, and the error.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

QUESTION = "weather please"
STRUCTURED = "as json"
HELLO = "say hello"

URL, KEY, PROVIDERS = sys.argv[1], sys.argv[2], sys.argv[3:]


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"21 degrees in {city}"


def is_weather(found: Any) -> None:
    assert (found.city, found.degrees) == ("Köln", 21), found


def is_text(text: str) -> None:
    assert "21 degrees" in text or "Hello" in text, text


# The official SDKs


def openai_tools(model: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    function: Any = {"name": "get_weather", "description": "The weather of a city", "parameters": SCHEMA}
    given: Any = {"model": model, "tools": [{"type": "function", "function": function}]}
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    message = client.chat.completions.create(messages=messages, **given).choices[0].message
    messages.append(message)
    for call in message.tool_calls or ():
        result = get_weather(**json.loads(call.function.arguments))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    assert len(messages) == 3, message
    is_text(client.chat.completions.create(messages=messages, **given).choices[0].message.content)


def openai_structured(model: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    messages: Any = [{"role": "user", "content": STRUCTURED}]
    answer = client.chat.completions.parse(model=model, messages=messages, response_format=Weather)
    is_weather(answer.choices[0].message.parsed)


def openai_stream(model: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    messages: Any = [{"role": "user", "content": HELLO}]
    chunks = client.chat.completions.create(model=model, messages=messages, stream=True)
    is_text("".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices))


def responses_tools(model: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    tool: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": True}
    given: Any = {"model": model, "tools": [tool]}
    items: list[Any] = [{"role": "user", "content": QUESTION}]
    answer = client.responses.create(input=items, **given)
    items += answer.output
    calls = [item for item in answer.output if item.type == "function_call"]
    assert calls, answer
    for call in calls:
        result = get_weather(**json.loads(call.arguments))
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
    is_text(client.responses.create(input=items, **given).output_text)


def responses_structured(model: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    is_weather(client.responses.parse(model=model, input=STRUCTURED, text_format=Weather).output_parsed)


def responses_stream(model: str) -> None:
    import openai

    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    with client.responses.stream(model=model, input=HELLO) as stream:
        is_text(stream.get_final_response().output_text)


def anthropic_tools(model: str) -> None:
    import anthropic

    client = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
    given: Any = {"model": model, "max_tokens": 500, "tools": [{"name": "get_weather", "input_schema": SCHEMA}]}
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    answer = client.messages.create(messages=messages, **given)
    messages.append({"role": "assistant", "content": answer.content})
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": get_weather(**block.input)}
        for block in answer.content
        if block.type == "tool_use"
    ]
    assert results, answer
    messages.append({"role": "user", "content": results})
    answer = client.messages.create(messages=messages, **given)
    is_text("".join(block.text for block in answer.content if block.type == "text"))


def anthropic_structured(model: str) -> None:
    import anthropic

    client = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
    messages: Any = [{"role": "user", "content": STRUCTURED}]
    is_weather(
        client.messages.parse(model=model, max_tokens=500, messages=messages, output_format=Weather).parsed_output
    )


def anthropic_stream(model: str) -> None:
    import anthropic

    client = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
    messages: Any = [{"role": "user", "content": HELLO}]
    with client.messages.stream(model=model, max_tokens=500, messages=messages) as stream:
        is_text("".join(stream.text_stream))


def _genai() -> Any:
    from google import genai
    from google.genai import types

    return genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=URL))


def genai_tools(model: str) -> None:
    from google.genai import types

    client = _genai()  # calls the function itself; a client that is let go closes
    chat = client.chats.create(model=model, config=types.GenerateContentConfig(tools=[get_weather]))
    is_text(chat.send_message(QUESTION).text)


def genai_structured(model: str) -> None:
    from google.genai import types

    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Weather)
    client = _genai()
    is_weather(client.models.generate_content(model=model, contents=STRUCTURED, config=config).parsed)


def genai_stream(model: str) -> None:
    client = _genai()
    is_text("".join(piece.text or "" for piece in client.models.generate_content_stream(model=model, contents=HELLO)))


# LangChain


def _langchain(wire: str, model: str) -> Any:
    if wire == "openai":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(model=model, base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
    if wire == "anthropic":
        from langchain_anthropic import ChatAnthropic

        return ChatAnthropic(model=model, base_url=URL, api_key=KEY, max_retries=0, max_tokens=500)
    from langchain_google_genai import ChatGoogleGenerativeAI

    return ChatGoogleGenerativeAI(model=model, base_url=URL, google_api_key=KEY, max_retries=1)


def langchain_tools(wire: str) -> Callable[[str], None]:
    def run(model: str) -> None:
        from langchain.agents import create_agent

        agent = create_agent(_langchain(wire, model), tools=[get_weather])
        answer = agent.invoke({"messages": [{"role": "user", "content": QUESTION}]})["messages"]
        assert len(answer) >= 4, answer
        is_text(str(answer[-1].content))

    return run


def langchain_structured(wire: str) -> Callable[[str], None]:
    def run(model: str) -> None:
        is_weather(_langchain(wire, model).with_structured_output(Weather).invoke(STRUCTURED))

    return run


def langchain_stream(wire: str) -> Callable[[str], None]:
    def run(model: str) -> None:
        is_text("".join(str(piece.text) for piece in _langchain(wire, model).stream(HELLO)))

    return run


# pydantic-ai


def _pydantic_ai(wire: str, model: str) -> Any:
    if wire in ("openai", "responses"):
        from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
        from pydantic_ai.providers.openai import OpenAIProvider

        kind = OpenAIChatModel if wire == "openai" else OpenAIResponsesModel
        return kind(model, provider=OpenAIProvider(base_url=f"{URL}/v1", api_key=KEY))
    if wire == "anthropic":
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.profiles import ModelProfile
        from pydantic_ai.providers.anthropic import AnthropicProvider

        # It goes by the names of models what they can do, and knows none of a gateway's.
        profile = ModelProfile(supports_json_schema_output=True)
        return AnthropicModel(model, provider=AnthropicProvider(api_key=KEY, base_url=URL), profile=profile)
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    return GoogleModel(model, provider=GoogleProvider(api_key=KEY, base_url=URL))


def pydantic_ai_tools(wire: str) -> Callable[[str], None]:
    def run(model: str) -> None:
        from pydantic_ai import Agent

        agent = Agent(_pydantic_ai(wire, model), tools=[get_weather])
        is_text(agent.run_sync(QUESTION).output)

    return run


def pydantic_ai_structured(wire: str) -> Callable[[str], None]:
    def run(model: str) -> None:
        from pydantic_ai import Agent, NativeOutput

        is_weather(Agent(_pydantic_ai(wire, model), output_type=NativeOutput(Weather)).run_sync(STRUCTURED).output)

    return run


def pydantic_ai_forced(wire: str) -> Callable[[str], None]:
    """Its usual way to a structure: a tool that must be called."""

    def run(model: str) -> None:
        from pydantic_ai import Agent

        is_weather(Agent(_pydantic_ai(wire, model), output_type=Weather).run_sync("a forced tool").output)

    return run


# instructor


def instructor_structured(mode: str) -> Callable[[str], None]:
    def run(model: str) -> None:
        import instructor
        import openai

        inner = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
        client = instructor.from_openai(inner, mode=getattr(instructor.Mode, mode))
        said = "a forced tool" if mode == "TOOLS" else STRUCTURED
        messages: Any = [{"role": "user", "content": said}]
        is_weather(
            client.chat.completions.create(model=model, messages=messages, response_model=Weather, max_retries=1)
        )

    return run


# LlamaIndex


def _llama_index(model: str) -> Any:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        model=model,
        api_base=f"{URL}/v1",
        api_key=KEY,
        is_chat_model=True,
        is_function_calling_model=True,
        max_retries=0,
    )


def llama_index_tools(model: str) -> None:
    import asyncio

    from llama_index.core.agent.workflow import FunctionAgent

    async def run() -> str:
        agent = FunctionAgent(tools=[get_weather], llm=_llama_index(model), system_prompt="Be brief.")
        return str(await agent.run(QUESTION))

    is_text(asyncio.run(run()))


def llama_index_structured(model: str) -> None:
    from llama_index.core.prompts import PromptTemplate

    llm = _llama_index(model)
    is_weather(llm.structured_predict(Weather, PromptTemplate("a forced tool")))


def llama_index_stream(model: str) -> None:
    is_text("".join(piece.delta or "" for piece in _llama_index(model).stream_complete(HELLO)))


TOOLS, STRUCTURE, STREAM = "tool loop", "structured output", "stream"
PROGRAMS: list[tuple[str, str, str, Callable[[str], None]]] = [
    ("openai", "chat", TOOLS, openai_tools),
    ("openai", "chat", STRUCTURE, openai_structured),
    ("openai", "chat", STREAM, openai_stream),
    ("openai", "responses", TOOLS, responses_tools),
    ("openai", "responses", STRUCTURE, responses_structured),
    ("openai", "responses", STREAM, responses_stream),
    ("anthropic", "messages", TOOLS, anthropic_tools),
    ("anthropic", "messages", STRUCTURE, anthropic_structured),
    ("anthropic", "messages", STREAM, anthropic_stream),
    ("google-genai", "generateContent", TOOLS, genai_tools),
    ("google-genai", "generateContent", STRUCTURE, genai_structured),
    ("google-genai", "generateContent", STREAM, genai_stream),
    *(
        ("LangChain", wire, kind, make(wire))
        for wire in ("openai", "anthropic", "google")
        for kind, make in ((TOOLS, langchain_tools), (STRUCTURE, langchain_structured), (STREAM, langchain_stream))
    ),
    *(
        ("pydantic-ai", wire, kind, make(wire))
        for wire in ("openai", "responses", "anthropic", "google")
        for kind, make in (
            (TOOLS, pydantic_ai_tools),
            (STRUCTURE, pydantic_ai_structured),
            ("forced tool", pydantic_ai_forced),
        )
    ),
    ("instructor", "openai, JSON schema", STRUCTURE, instructor_structured("JSON_SCHEMA")),
    ("instructor", "openai, tools", "forced tool", instructor_structured("TOOLS")),
    ("LlamaIndex", "openai", TOOLS, llama_index_tools),
    ("LlamaIndex", "openai", "forced tool", llama_index_structured),
    ("LlamaIndex", "openai", STREAM, llama_index_stream),
]


def main() -> None:
    for library, wire, kind, program in PROGRAMS:
        for provider in PROVIDERS:
            error = ""
            try:
                program(provider)
            except Exception as failure:  # noqa: BLE001 - whatever a library raises is its result
                error = f"{type(failure).__name__}: {failure}"[:300]
                if "-v" in sys.argv:
                    traceback.print_exc()
            row = {"library": library, "wire": wire, "tried": kind, "provider": provider, "error": error}
            print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
