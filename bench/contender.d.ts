/** Where a contender gets its tokens, and what it calls. */
export interface Access {
  /** The grant that the row wants; one of the contender's `grants`. */
  readonly grant: Grant;
  readonly tokenUrl: string;
  /** The API, without a slash at its end. Over https for contenders that ask for it. */
  readonly apiUrl: string;
  /** The certificate of the API in PEM, where it is over https. */
  readonly ca: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For the grant `password`. */
  readonly username: string;
  readonly password: string;
  /** For the grant `refresh_token`. */
  readonly refreshToken: string;
}

export type Grant = 'client_credentials' | 'password' | 'refresh_token';

/** One app with the contender in it. */
export interface Client {
  /**
   * Calls the API with a token: `path` is below `apiUrl`, or an absolute URL. Resolves with the status
   * and rejects as the contender's own HTTP client does.
   */
  get(path: string): Promise<{ readonly status: number }>;
  /**
   * The axios instance that `get` uses, where it uses one: rows give its requests an adapter that sends
   * nothing.
   */
  readonly axios?: unknown;
  /**
   * What the contender does to one request before it is sent and nothing else, as a function of a fresh
   * axios config. Leave it out where there is no such function.
   */
  readonly inject?: (config: unknown) => unknown;
  /**
   * Gets the tokens of many accounts; resolves with a function that has them all: the access token of
   * the account with a name and a place in the list. Leave it out where one client has one account.
   */
  readonly hold?: (
    subjects: readonly string[],
  ) => Promise<(subject: string, index: number) => string>;
}

/** Anything that puts tokens into requests: the default export of a file in `contenders/`. */
export interface Contender {
  readonly name: string;
  /**
   * Packages that its user installs, all of them in `package.json`; the first one is what is measured.
   * Empty: it is code in the app.
   */
  readonly packages: readonly string[];
  /** The best first: rows that need no other take it. */
  readonly grants: readonly Grant[];
  /** Cache or single flight are written by hand here, for the package has none. */
  readonly byHand?: boolean;
  /** The API must be https. */
  readonly secure?: boolean;
  /** What a reader of the results has to know. */
  readonly note?: string;
  /** As its own README says. */
  open(access: Access): Client | Promise<Client>;
}
