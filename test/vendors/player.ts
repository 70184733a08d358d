import type { Answer, Received } from '../support/fake-vendor.js';
import type { Simulation } from './simulation.js';
import { variationsOf } from './variations.js';

/** What became of one request. */
interface Play {
  readonly answer: Answer;
  /** Whether a token was given out. */
  readonly grants: boolean;
}

/** Plays a simulated vendor, and can show how exact it is. */
export class Player {
  /** Whether variations of each request are tried before it. */
  varies = false;
  /** Variations that the vendor has taken for what it documents. */
  readonly taken: string[] = [];
  /** Whether every text in an answer repeats the request. */
  echoes = false;
  /** Requests that were not answered as a good one is. */
  refusals = 0;

  constructor(private readonly simulation: Simulation) {}

  answer(request: Received): Answer {
    const variations = this.varies ? variationsOf(request) : [];
    const tried = variations.map(({ what, request: varied }) => ({ what, ...this.#play(varied) }));
    const { answer } = this.#play(request);
    if (isError(answer)) this.refusals++;
    const taken = tried.filter((play) => play.grants || isSameSuccess(play.answer, answer));
    this.taken.push(...taken.map(({ what }) => `${request.path}: ${what}`));
    return this.echoes ? echoing(answer, request) : answer;
  }

  #play(request: Received): Play {
    const granted = this.#granted();
    const answer = this.#answer(request);
    return { answer, grants: this.#granted() > granted };
  }

  #granted(): number {
    return this.simulation.logins() + this.simulation.refreshes();
  }

  #answer(request: Received): Answer {
    try {
      return this.simulation.authorize(request) ?? this.simulation.serve(request);
    } catch (error) {
      // A simulator that fails must not look like a vendor that has a problem.
      return { status: 400, body: { error_description: `The simulator failed: ${String(error)}` } };
    }
  }
}

function isSameSuccess(answer: Answer, right: Answer): boolean {
  return !isError(right) && JSON.stringify(answer) === JSON.stringify(right);
}

function echoing(answer: Answer, { headers, query, text }: Received): Answer {
  if (typeof answer === 'function' || typeof answer.body !== 'object') return answer;
  const echo = `${text} ${query.toString()} ${JSON.stringify(headers)}`;
  const repeated = JSON.stringify(answer.body, (_name, value: unknown) =>
    typeof value === 'string' ? `${echo} ${value}` : value,
  );
  return { ...answer, body: JSON.parse(repeated) as object };
}

function isError(answer: Answer): boolean {
  return typeof answer === 'function' || (answer.status ?? 200) >= 400;
}
