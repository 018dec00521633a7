"""openai-python by its own defaults: address and key come from OPENAI_BASE_URL and OPENAI_API_KEY. Prints what each task came to."""

import json
import sys
from typing import Any

import openai
from openai import OpenAI
from pydantic import BaseModel

MODEL, BUSY, STRICT = "model-one", "busy-model", "strict-model"
QUESTION = "Should we invite Emily Clark to an interview? She has six years of practice."
MESSAGES: list[Any] = [{"role": "user", "content": QUESTION}]
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]},
        },
    }
    for name in ("weather", "population")
]


class Visit(BaseModel):
    city: str
    days: int
    places: list[str]


def chat(client: OpenAI) -> Any:
    reply = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert reply.usage is not None
    return [reply.choices[0].message.content, reply.choices[0].finish_reason, reply.usage.total_tokens, reply._request_id]


def stream(client: OpenAI) -> Any:
    chunks = list(client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage is not None
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    return [text, len(chunks), chunks[-1].usage.total_tokens]


def tools(client: OpenAI) -> Any:
    first: Any = client.chat.completions.create(model=MODEL, messages=MESSAGES, tools=TOOLS).choices[0].message
    calls: Any = first.tool_calls
    results: list[Any] = [
        {"role": "tool", "tool_call_id": call.id, "content": f"{call.function.name}: {call.function.arguments}"} for call in calls
    ]
    second = client.chat.completions.create(model=MODEL, messages=[*MESSAGES, first, *results], tools=TOOLS)
    return [[[call.function.name, json.loads(call.function.arguments)] for call in calls], second.choices[0].message.content]


def stream_tools(client: OpenAI) -> Any:
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES, tools=TOOLS) as running:
        calls: Any = running.get_final_completion().choices[0].message.tool_calls
    return [[call.id, call.function.name, json.loads(call.function.arguments)] for call in calls]


def structured(client: OpenAI) -> Any:
    visit = client.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Visit).choices[0].message.parsed
    assert visit is not None
    return visit.model_dump()


def embeddings(client: OpenAI) -> Any:
    packed = client.embeddings.create(model=MODEL, input=["one", "two words"])
    plain = client.embeddings.create(model=MODEL, input="one", encoding_format="float")
    return [[entry.embedding for entry in packed.data], plain.data[0].embedding]


def models(client: OpenAI) -> Any:
    return [model.id for model in client.models.list()]


def responses(client: OpenAI) -> Any:
    reply = client.responses.create(model=MODEL, input=QUESTION)
    parsed = client.responses.parse(model=MODEL, input=QUESTION, text_format=Visit).output_parsed
    assert parsed is not None
    return [reply.output_text, parsed.model_dump()]


def stream_responses(client: OpenAI) -> Any:
    with client.responses.stream(model=MODEL, input=QUESTION) as running:
        kinds = [event.type for event in running]
        return [running.get_final_response().output_text, len(kinds), kinds[-1]]


def error(client: OpenAI) -> Any:
    try:
        client.chat.completions.create(model=STRICT, messages=MESSAGES)
    except openai.BadRequestError as refused:
        return [refused.status_code, refused.code, refused.param, refused.type, refused.request_id]


def retry(client: OpenAI) -> Any:
    return client.chat.completions.create(model=BUSY, messages=MESSAGES).choices[0].message.content


TASKS = (chat, stream, tools, stream_tools, structured, embeddings, models, responses, stream_responses, error, retry)

if __name__ == "__main__":
    with OpenAI() as client:
        json.dump({task.__name__: task(client) for task in TASKS}, sys.stdout)
