// Vercel's AI SDK by its own defaults: address and key come from OPENAI_BASE_URL and OPENAI_API_KEY. Prints what each task came to.
// The arguments name the packages, so that two generations of them can be asked. `openai(id)` speaks the Responses API.
import { z } from "zod";

const [, , ai = "ai", provider = "@ai-sdk/openai"] = process.argv;
const { APICallError, Output, embed, embedMany, generateText, stepCountIs, streamText, tool } = await import(ai);
const { openai } = await import(provider);

const MODEL = "model-one", BUSY = "busy-model", STRICT = "strict-model";
const prompt = "Should we invite Emily Clark to an interview? She has six years of practice.";
const Visit = z.object({ city: z.string(), days: z.number().int(), places: z.array(z.string()) });
const tools = {
  weather: tool({
    description: "Tell the weather of a city.",
    inputSchema: z.object({ city: z.string(), days: z.number().int() }),
    execute: async ({ city, days }) => `weather in ${city} for ${days} days`,
  }),
  population: tool({
    description: "Count who lives in a city.",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `population of ${city}`,
  }),
};

async function streamed(model, more = {}) {
  const running = streamText({ model, prompt, ...more, onError: ({ error }) => { throw error; } });
  const parts = [];
  for await (const part of running.fullStream) parts.push(part.type);
  const calls = (await running.steps).flatMap((step) => step.toolCalls).map((call) => [call.toolCallId, call.toolName, call.input]);
  return [await running.text, (await running.totalUsage).totalTokens, parts.length, calls];
}

async function called(model) {
  const reply = await generateText({ model, prompt, tools, stopWhen: stepCountIs(3) });
  return [reply.steps.flatMap((step) => step.toolResults).map((result) => [result.toolName, result.input, result.output]), reply.text];
}

const structured = async (model) => (await generateText({ model, prompt, output: Output.object({ schema: Visit }) })).output;
const text = async (model) => (({ text, finishReason, usage }) => [text, finishReason, usage.totalTokens])(await generateText({ model, prompt }));

const tasks = {
  responses: () => text(openai(MODEL)),
  stream_responses: () => streamed(openai(MODEL)),
  tools_responses: () => called(openai(MODEL)),
  stream_tools_responses: () => streamed(openai(MODEL), { tools }),
  structured_responses: () => structured(openai(MODEL)),
  chat: () => text(openai.chat(MODEL)),
  stream: () => streamed(openai.chat(MODEL)),
  tools: () => called(openai.chat(MODEL)),
  stream_tools: () => streamed(openai.chat(MODEL), { tools }),
  structured: () => structured(openai.chat(MODEL)),
  async embeddings() {
    const model = (openai.embedding ?? openai.embeddingModel)(MODEL);
    const many = await embedMany({ model, values: ["one", "two words"] });
    return [many.embeddings, (await embed({ model, value: "one" })).embedding];
  },
  async error() {
    const refused = await generateText({ model: openai(STRICT), prompt }).then(() => null, (error) => error);
    if (!APICallError.isInstance(refused)) throw refused ?? new Error("it was not refused");
    return [refused.statusCode, refused.message, refused.responseHeaders["x-request-id"]];
  },
  retry: async () => (await generateText({ model: openai(BUSY), prompt })).text,
};

const results = {};
for (const [name, task] of Object.entries(tasks)) results[name] = await task();
process.stdout.write(JSON.stringify(results));
