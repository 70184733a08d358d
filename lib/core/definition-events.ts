/** A possible mistake in a definition. Each is reported once. */
export type DefinitionEvent =
  /** The first response of the API is a 404. */
  | {
      readonly type: 'api.not_found';
      /** As declared; `undefined`: it comes from the token response. */
      readonly baseURL: string | undefined;
    }
  /** The instances of this definition have different constants, so they share no tokens. */
  | {
      readonly type: 'definition.differs';
      /** The names of the constants, such as `headers.x-tenant`. */
      readonly names: readonly string[];
    }
  /** The lifetime of a token may not be what the vendor means. Emitted once for each problem of a provider. */
  | ({ readonly type: 'lifetime.doubtful' } & LifetimeDoubt)
  /** Values that are sent begin or end with white space. Emitted once for each member. */
  | {
      readonly type: 'definition.white_space';
      /** The members of the definition, such as `credentials.apiKey`. */
      readonly members: readonly string[];
    }
  /** The response to a login lacks a value that `values.extra` in the definition needs. Emitted once. */
  | {
      readonly type: 'extra.missing';
      /** The paths at which there is nothing. */
      readonly paths: readonly string[];
      /** The names of the members of `extra`, in backticks. */
      readonly found: readonly string[];
    }
  /** Members of the response are left out of `extra`: a token set takes at most 60 KiB. */
  | { readonly type: 'extra.cut' };

/** A lifetime that may not be what the vendor means. */
export interface LifetimeDoubt {
  /** `missing`: the response has none. `far`: it is more than ten years. */
  readonly problem: 'missing' | 'unreadable' | 'past' | 'far';
  /** The value in the response, if it can be shown; `undefined` if there is none. */
  readonly value: string | undefined;
  /** The `lifetimeFormat` that it was read with. */
  readonly format: string;
  /** When the token expires by that: milliseconds since the epoch; `undefined` if the value could not be read. */
  readonly end: number | undefined;
  /** The lifetime that is assumed if the value cannot be read, in seconds. */
  readonly seconds: number;
  /** The values of `lifetimeFormat` that would fit. */
  readonly fitting: readonly string[];
}
