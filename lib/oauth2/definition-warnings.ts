import type { LifetimeDoubt } from '../core/definition-events.js';
import type { OAuth2Event, EventListener } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import { valueAt } from './selector.js';
import { namesOf } from './vendor-response.js';

/** Reports possible mistakes in a definition that show only while it is used. Each is reported once. */
export class DefinitionWarnings {
  readonly #reported = new Set<string>();

  constructor(
    private readonly provider: string,
    private readonly emit: EventListener,
  ) {}

  lifetime(doubt: LifetimeDoubt): void {
    const { provider } = this;
    this.#once(`lifetime ${doubt.problem}`, { type: 'lifetime.doubtful', provider, ...doubt });
  }

  /** A credential function returned a text with white space at an end. */
  whiteSpace(member: string): void {
    const { provider } = this;
    this.#once(`white space ${member}`, {
      type: 'definition.white_space',
      provider,
      members: [member],
    });
  }

  /** `extra` lacks a value that the definition sends to the API. */
  missingExtra({ extra }: TokenSet, sent: readonly string[]): void {
    const { provider } = this;
    const paths = sent.filter((path) => valueAt(extra, path) === undefined);
    if (paths.length === 0) return;
    const found = namesOf(extra);
    this.#once('extra.missing', { type: 'extra.missing', provider, paths, found });
  }

  extraCut(): void {
    this.#once('extra.cut', { type: 'extra.cut', provider: this.provider });
  }

  #once(what: string, event: OAuth2Event): void {
    if (this.#reported.has(what)) return;
    this.#reported.add(what);
    this.emit(event);
  }
}
