import type { Check } from '../checks/options.js';

/**
 * Everything that is known of one member of a definition. The tables in this folder have a row for each member
 * of the TypeScript type: the compiler refuses a member without a row, and a row without a member.
 */
export interface Member {
  /** What it is, and its default: the text in the list of members in docs/providers.md. */
  readonly doc: string;
  readonly check: Check;
  /** Default `false`. Members that other members may replace are in `requiredMembers`. */
  readonly required?: boolean;
  /** Its own members, where it is an object. */
  readonly members?: Members;
  /** The members of each object in it, where it has objects by names of the user's own. */
  readonly each?: Members;
  /**
   * Which part of it is never printed: all `strings`, the `whole` value also where it is an object, or all
   * `values`, which stay as they are for axios and are printed by their names alone. Default: no part.
   */
  readonly secret?: 'strings' | 'whole' | 'values' | undefined;
  /**
   * How it decides whose token it is. A function gives what of it is hashed into the key of the account. The value
   * of a `credential` is known when it is resolved, and a call may name another `target`. Default: it does not.
   */
  readonly account?: ((value: unknown) => unknown) | 'credential' | 'target' | undefined;
  /** Which requests call the functions in it, which decides what these functions know. Default: none. */
  readonly functions?: FunctionsOf;
  /** Whether its texts are sent, so that white space at their ends matters. Default: as the member around it. */
  readonly sent?: boolean;
  /** Whether it has no effect where no request is made for the token. Default `false`. */
  readonly ofTokenRequest?: boolean;
}

export type Members = Readonly<Record<string, Member>>;

export type FunctionsOf = 'login' | 'before' | 'after' | 'refresh' | 'revocation' | 'use';
