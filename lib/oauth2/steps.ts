import type { AttemptCall } from '../core/attempts.js';
import { sleep } from '../util/waiting.js';
import type { TokenSet } from '../core/token-set.js';
import { isCarefulLogin } from './grants.js';
import { requestFor, type MakeRequest, type VendorRequest } from './protocol.js';
import type { RequestContext, Situation } from './request-definition.js';
import { satisfies } from './selector.js';
import type { StepDefinition, TokenEndpoint } from './token-endpoint.js';
import { capturedFrom } from './token-response.js';
import { reading, type Success, type VendorClient } from './vendor-client.js';
import type { VendorResponse } from './vendor-response.js';

/** Milliseconds between two requests of a step with `until`. */
const POLL_INTERVAL = 1_000;

/** The results of the steps before or after a login. */
export interface StepResults {
  /** The responses by the names of the steps, including those of earlier steps. */
  readonly responses: Readonly<Record<string, VendorResponse>>;
  /** The values that the definition captures from them. */
  readonly captured: Readonly<Record<string, unknown>>;
}

/** Makes the requests of the steps one after the other. Each knows the responses of those before it. */
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
    const path = `${when}.${name}`;
    const make: MakeRequest = (moment) => ({
      ...stepRequest(endpoint, path, name, step, { ...known, ...moment }),
      isCareful,
    });
    const { response, failure } = await runStep(client, make, step.until, call);
    responses[name] = response;
    const read = () => capturedFrom(response, step.response?.capture, `${path}.response.capture`);
    Object.assign(captured, Object.fromEntries(reading(failure, response, read)));
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
    if (!until || satisfies(success.response.body, until)) return success;
    await sleep(client.clock, POLL_INTERVAL, call.signal);
  }
}

function stepRequest(
  endpoint: TokenEndpoint,
  path: string,
  name: string,
  step: StepDefinition,
  context: RequestContext,
): VendorRequest {
  const asking = {
    what: `The step \`${name}\``,
    path,
    pathOf: (member: string) => `${path}.${member}`,
    definition: step,
    mapping: step.response,
  };
  return requestFor(endpoint, asking, step.url, context);
}

/** Adds to `extra` what the steps captured, and the responses of the steps in `after`. */
export function withResults(
  tokens: TokenSet,
  { after = {} }: TokenEndpoint,
  before: StepResults | undefined,
  later: StepResults | undefined,
): { readonly tokens: TokenSet; readonly extraCut: boolean } {
  const bodies = Object.keys(after).map((name) => [name, later?.responses[name]?.body]);
  const results: Record<string, unknown> = {
    ...before?.captured,
    ...(Object.fromEntries(bodies) as object),
    ...later?.captured,
  };
  if (Object.keys(results).length === 0) return { tokens, extraCut: false };
  // They come first, because a token set that is too large keeps the first members; set again, they also win.
  const extra = Object.freeze({ ...results, ...tokens.extra, ...results });
  const complete = tokens.with({ extra });
  return { tokens: complete, extraCut: complete.extra !== extra };
}
