import type { AttemptCall } from '../core/attempts.js';
import { sleep } from '../core/waiting.js';
import type { Answer } from './answer.js';
import { isCarefulLogin } from './grants.js';
import { stepRequest } from './protocol.js';
import { satisfies } from './reader.js';
import type { Situation } from './request-definition.js';
import type { StepDefinition, StepDefinitions, TokenEndpoint } from './token-endpoint.js';
import type { MakeRequest, VendorClient } from './vendor-client.js';

/** Milliseconds between two looks at an answer that is not there yet. */
const POLL = 1_000;

type Answers = Readonly<Record<string, Answer>>;

/** Makes the requests of a chain, each with the answers of those before it. */
export async function runSteps(
  client: VendorClient,
  endpoint: TokenEndpoint,
  when: 'before' | 'after',
  situation: Situation,
  call: AttemptCall,
): Promise<Answers> {
  const answers: Record<string, Answer> = { ...situation.answers };
  for (const [name, step] of Object.entries(endpoint[when] ?? {})) {
    const known = { ...situation, answers: { ...answers } };
    const isCareful = when === 'before' && isCarefulLogin(endpoint);
    const make: MakeRequest = (moment) => ({
      ...stepRequest(endpoint, when, name, step, { ...known, ...moment }),
      isCareful,
    });
    answers[name] = await runStep(client, make, step.until, call);
  }
  return answers;
}

async function runStep(
  client: VendorClient,
  make: MakeRequest,
  until: StepDefinition['until'],
  call: AttemptCall,
): Promise<Answer> {
  for (;;) {
    const { answer } = await client.ask(make, call);
    if (!until || satisfies(answer.body, until)) return answer;
    await sleep(client.clock, POLL, call.signal);
  }
}

/** What the steps of a chain have told, by their names. */
export function bodiesOf(steps: StepDefinitions, answers: Answers): Record<string, unknown> {
  return Object.fromEntries(Object.keys(steps).map((name) => [name, answers[name]?.body]));
}
