// openai-node by its own defaults: address and key come from OPENAI_BASE_URL and OPENAI_API_KEY. Prints what each task came to.
// The argument names the package, so that two generations of it can be asked.
import { z } from "zod";

const [, , name = "openai"] = process.argv;
const { default: OpenAI } = await import(name);
const { zodResponseFormat, zodTextFormat } = await import(`${name}/helpers/zod`);

const MODEL = "model-one", BUSY = "busy-model", STRICT = "strict-model";
const QUESTION = "Should we invite Emily Clark to an interview? She has six years of practice.";
const messages = [{ role: "user", content: QUESTION }];
const tools = ["weather", "population"].map((name) => ({
  type: "function",
  function: {
    name,
    parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } }, required: ["city"] },
  },
}));
const Visit = z.object({ city: z.string(), days: z.number().int(), places: z.array(z.string()) });
const client = new OpenAI();

const tasks = {
  async chat() {
    const reply = await client.chat.completions.create({ model: MODEL, messages });
    return [reply.choices[0].message.content, reply.choices[0].finish_reason, reply.usage.total_tokens, reply._request_id];
  },
  async stream() {
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({
      model: MODEL, messages, stream: true, stream_options: { include_usage: true },
    })) chunks.push(chunk);
    return [chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), chunks.length, chunks.at(-1).usage.total_tokens];
  },
  async tools() {
    const first = (await client.chat.completions.create({ model: MODEL, messages, tools })).choices[0].message;
    const results = first.tool_calls.map((call) => ({
      role: "tool", tool_call_id: call.id, content: `${call.function.name}: ${call.function.arguments}`,
    }));
    const second = await client.chat.completions.create({ model: MODEL, messages: [...messages, first, ...results], tools });
    return [
      first.tool_calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
      second.choices[0].message.content,
    ];
  },
  async stream_tools() {
    const final = await client.chat.completions.stream({ model: MODEL, messages, tools }).finalChatCompletion();
    return final.choices[0].message.tool_calls.map((call) => [call.id, call.function.name, JSON.parse(call.function.arguments)]);
  },
  async structured() {
    const reply = await client.chat.completions.parse({ model: MODEL, messages, response_format: zodResponseFormat(Visit, "visit") });
    return reply.choices[0].message.parsed;
  },
  async embeddings() {
    const packed = await client.embeddings.create({ model: MODEL, input: ["one", "two words"] });
    const plain = await client.embeddings.create({ model: MODEL, input: "one", encoding_format: "float" });
    return [packed.data.map((entry) => [...entry.embedding]), plain.data[0].embedding];
  },
  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    return ids;
  },
  async responses() {
    const reply = await client.responses.create({ model: MODEL, input: QUESTION });
    const parsed = await client.responses.parse({ model: MODEL, input: QUESTION, text: { format: zodTextFormat(Visit, "visit") } });
    return [reply.output_text, parsed.output_parsed];
  },
  async stream_responses() {
    const kinds = [];
    const running = client.responses.stream({ model: MODEL, input: QUESTION });
    for await (const event of running) kinds.push(event.type);
    return [(await running.finalResponse()).output_text, kinds.length, kinds.at(-1)];
  },
  async error() {
    const refused = await client.chat.completions.create({ model: STRICT, messages }).then(() => null, (error) => error);
    if (!(refused instanceof OpenAI.BadRequestError)) throw refused ?? new Error("it was not refused");
    return [refused.status, refused.code, refused.param, refused.type, refused.requestID];
  },
  async retry() {
    return (await client.chat.completions.create({ model: BUSY, messages })).choices[0].message.content;
  },
};

const results = {};
for (const [name, task] of Object.entries(tasks)) results[name] = await task();
process.stdout.write(JSON.stringify(results));
