import { sleep } from '../core/waiting.js';
import type { Answer } from './answer.js';
import { stepRequest } from './protocol.js';
import { matches } from './reader.js';
import type { RequestContext } from './request-definition.js';
import type { StepDefinition, StepDefinitions, TokenEndpoint } from './token-endpoint.js';
import type { VendorClient, VendorRequest } from './vendor-client.js';

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
    const known = { ...context, answers: { ...answers } };
    const make = () => stepRequest(endpoint, name, step, known);
    answers[name] = await runStep(client, make, step.until, signal);
  }
  return answers;
}

async function runStep(
  client: VendorClient,
  make: () => VendorRequest,
  until: StepDefinition['until'],
  signal: AbortSignal,
): Promise<Answer> {
  for (;;) {
    const { answer } = await client.ask(make, signal);
    if (!until || matches(answer.body, until)) return answer;
    await sleep(client.clock, POLL, signal);
  }
}

/** What the steps of a chain have told, by their names. */
export function bodiesOf(steps: StepDefinitions, answers: Answers): Record<string, unknown> {
  return Object.fromEntries(Object.keys(steps).map((name) => [name, answers[name]?.body]));
}
