"""langchain-openai by its own defaults: address and key come from OPENAI_BASE_URL and OPENAI_API_KEY. Prints what each task came to."""

import json
import sys
from typing import Any

import openai
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

MODEL, BUSY, STRICT = "model-one", "busy-model", "strict-model"
QUESTION = "Should we invite Emily Clark to an interview? She has six years of practice."


class Visit(BaseModel):
    """A visit."""

    city: str
    days: int
    places: list[str]


@tool
def weather(city: str, days: int) -> str:
    """Tell the weather of a city."""
    return f"weather in {city} for {days} days"


@tool
def population(city: str) -> str:
    """Count who lives in a city."""
    return f"population of {city}"


def chat() -> Any:
    reply = ChatOpenAI(model=MODEL).invoke(QUESTION)
    return [reply.content, reply.response_metadata["finish_reason"], (reply.usage_metadata or {})["total_tokens"]]


def stream() -> Any:
    """Text, and whether tokens were told: by default they are not from any address but OpenAI's own."""
    default = list(ChatOpenAI(model=MODEL).stream(QUESTION))
    asked = list(ChatOpenAI(model=MODEL, stream_usage=True).stream(QUESTION))
    told = [[part.usage_metadata["total_tokens"] for part in parts if part.usage_metadata] for parts in (default, asked)]
    return ["".join(str(part.content) for part in default), *told]


def tools() -> Any:
    model = ChatOpenAI(model=MODEL).bind_tools([weather, population])
    first = model.invoke(QUESTION)
    results = [ToolMessage(f"{call['name']}: {call['args']}", tool_call_id=call["id"]) for call in first.tool_calls]
    second = model.invoke([HumanMessage(QUESTION), first, *results])
    return [[[call["name"], call["args"]] for call in first.tool_calls], second.content]


def stream_tools() -> Any:
    parts = list(ChatOpenAI(model=MODEL).bind_tools([weather, population]).stream(QUESTION))
    whole = parts[0]
    for part in parts[1:]:
        whole += part
    return [[call["id"], call["name"], call["args"]] for call in whole.tool_calls]


def structured() -> Any:
    visit: Any = ChatOpenAI(model=MODEL).with_structured_output(Visit).invoke(QUESTION)
    return visit.model_dump()


def embeddings() -> Any:
    """Without the tokenizer, whose tables the library would fetch from elsewhere."""
    model = OpenAIEmbeddings(model=MODEL, check_embedding_ctx_length=False)
    return [model.embed_documents(["one", "two words"]), model.embed_query("one")]


def responses() -> Any:
    return ChatOpenAI(model=MODEL, use_responses_api=True).invoke(QUESTION).text


def stream_responses() -> Any:
    parts = list(ChatOpenAI(model=MODEL, use_responses_api=True).stream(QUESTION))
    return ["".join(str(part.text) for part in parts), [part.usage_metadata["total_tokens"] for part in parts if part.usage_metadata]]


def error() -> Any:
    try:
        ChatOpenAI(model=STRICT).invoke(QUESTION)
    except openai.BadRequestError as refused:
        return [refused.status_code, refused.code, refused.param]


def retry() -> Any:
    return ChatOpenAI(model=BUSY).invoke(QUESTION).content


TASKS = (chat, stream, tools, stream_tools, structured, embeddings, responses, stream_responses, error, retry)

if __name__ == "__main__":
    json.dump({task.__name__: task() for task in TASKS}, sys.stdout)
