import type { LifetimeDoubt, TokenEvent, TokenListener } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import { namesOf } from './answer-shape.js';
import { valueAt } from './reader.js';
import { extraPathsIn, type TokenUse } from './token-use.js';

/** What is learnt of a definition while it is used, and may be a mistake in it. Each thing is told once. */
export class DefinitionNews {
  readonly #told = new Set<string>();

  constructor(
    private readonly provider: string,
    private readonly emit: TokenListener,
  ) {}

  lifetime(doubt: LifetimeDoubt): void {
    const { provider } = this;
    this.#once(`lifetime ${doubt.problem}`, { type: 'lifetime doubtful', provider, ...doubt });
  }

  /** Values that are sent with white space at their ends: rarely meant, and seen by nobody. */
  whiteSpace(paths: readonly string[]): void {
    const { provider } = this;
    const what = (path: string) => `white space ${path}`;
    const members = paths.filter((path) => !this.#told.has(what(path)));
    if (members.length > 0) this.emit({ type: 'white space', provider, members });
    for (const path of members) this.#told.add(what(path));
  }

  /** After a login, `extra` should have what `values.extra` sends to the API. */
  extraOf({ extra }: TokenSet, use: TokenUse | undefined): void {
    const { provider } = this;
    const paths = extraPathsIn(use).filter((path) => valueAt(extra, path) === undefined);
    if (paths.length === 0) return;
    const found = namesOf(extra);
    this.#once('extra missing', { type: 'extra missing', provider, paths, found });
  }

  extraCut(): void {
    this.#once('extra cut', { type: 'extra cut', provider: this.provider });
  }

  #once(what: string, event: TokenEvent): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.emit(event);
  }
}
