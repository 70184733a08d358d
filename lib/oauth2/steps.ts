import { sleep } from '../core/waiting.js';
import type { Answer } from './answer.js';
import { stepRequest } from './protocol.js';
import { matches } from './reader.js';
import type { RequestContext } from './request-definition.js';
import type { StepDefinition, StepDefinitions, TokenEndpoint } from './token-endpoint.js';
import type { VendorClient } from './vendor-client.js';

/** Milliseconds between two looks at an answer that is not there yet. */
const POLL = 1_000;

type Answers = Readonly<Record<string, Answer>>;

/** Makes the requests of a chain, each with the answers of those before it. */
export async function runSteps(
  client: VendorClient,
  endpoint: TokenEndpoint,
  when: 'before' | 'after',
  context: RequestContext,
  signal: AbortSignal,
): Promise<Answers> {
  const answers: Record<string, Answer> = { ...context.answers };
  for (const [name, step] of Object.entries(endpoint[when] ?? {})) {
    answers[name] = await runStep(client, endpoint, step, { ...context, answers }, signal);
  }
  return answers;
}

async function runStep(
  client: VendorClient,
  endpoint: TokenEndpoint,
  step: StepDefinition,
  context: RequestContext,
  signal: AbortSignal,
): Promise<Answer> {
  for (;;) {
    const { answer } = await client.ask(stepRequest(endpoint, step, context), signal);
    if (!step.until || matches(answer.body, step.until)) return answer;
    await sleep(client.clock, POLL, signal);
  }
}

/** What the steps of a chain have told, by their names. */
export function bodiesOf(steps: StepDefinitions, answers: Answers): Record<string, unknown> {
  return Object.fromEntries(Object.keys(steps).map((name) => [name, answers[name]?.body]));
}
