import type { AttemptCall } from '../core/attempts.js';
import { sleep } from '../util/waiting.js';
import type { VendorResponse } from './answer.js';
import { capturedFrom } from './extra.js';
import { isCarefulLogin } from './grants.js';
import { stepRequest } from './protocol.js';
import { satisfies } from './reader.js';
import type { Situation } from './request-definition.js';
import type { StepDefinition, StepDefinitions, TokenEndpoint } from './token-endpoint.js';
import { reading } from './token-failure.js';
import type { MakeRequest, Success, VendorClient } from './vendor-client.js';

/** Milliseconds between two looks at an answer that is not there yet. */
const POLL = 1_000;

/** What the steps of a chain have brought. */
export interface StepResults {
  /** The responses by the names of the steps, with those of earlier chains. */
  readonly responses: Readonly<Record<string, VendorResponse>>;
  /** What the definition captures of them. */
  readonly captured: Readonly<Record<string, unknown>>;
}

/** Makes the requests of a chain, each with the responses of those before it. */
export async function runSteps(
  client: VendorClient,
  endpoint: TokenEndpoint,
  when: 'before' | 'after',
  situation: Situation,
  call: AttemptCall,
): Promise<StepResults> {
  const responses: Record<string, VendorResponse> = { ...situation.responses };
  const captured = Object.create(null) as Record<string, unknown>;
  for (const [name, step] of Object.entries(endpoint[when] ?? {})) {
    const known = { ...situation, responses: { ...responses } };
    const isCareful = when === 'before' && isCarefulLogin(endpoint);
    const make: MakeRequest = (moment) => ({
      ...stepRequest(endpoint, when, name, step, { ...known, ...moment }),
      isCareful,
    });
    const { answer, failure } = await runStep(client, make, step.until, call);
    responses[name] = answer;
    const read = () =>
      capturedFrom(answer, step.response?.capture, `${when}.${name}.response.capture`);
    for (const [told, value] of reading(failure, answer, read)) captured[told] = value;
  }
  return { responses, captured };
}

async function runStep(
  client: VendorClient,
  make: MakeRequest,
  until: StepDefinition['until'],
  call: AttemptCall,
): Promise<Success> {
  for (;;) {
    const success = await client.ask(make, call);
    if (!until || satisfies(success.answer.body, until)) return success;
    await sleep(client.clock, POLL, call.signal);
  }
}

/** What the steps of a chain have told, by their names. */
export function bodiesOf(
  steps: StepDefinitions = {},
  { responses }: StepResults,
): Record<string, unknown> {
  return Object.fromEntries(Object.keys(steps).map((name) => [name, responses[name]?.body]));
}
