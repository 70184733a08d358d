/** The package has no types of its own; these are of what the tests use of it. */
declare module 'oidc-provider' {
  import type { IncomingHttpHeaders, RequestListener } from 'node:http';

  export interface Context {
    readonly headers: IncomingHttpHeaders;
    body: unknown;
    readonly oidc: {
      readonly params?: Readonly<Record<string, string | undefined>>;
      readonly client?: Client;
    };
  }

  export interface Client {
    readonly clientId: string;
  }

  export interface Model {
    readonly clientId: string;
    readonly accountId?: string;
    save(): Promise<string>;
    destroy(): Promise<void>;
  }

  interface ModelClass<T extends Model = Model> {
    new (properties: object): T;
    find(id: string): Promise<T | undefined>;
  }

  interface GrantModel extends Model {
    addOIDCScope(scope: string): void;
  }

  export const errors: {
    readonly InvalidTarget: new () => Error;
    readonly InvalidGrant: new (detail: string) => Error;
  };

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly Client: { find(id: string): Promise<Client | undefined> };
    readonly AccessToken: ModelClass;
    readonly ClientCredentials: ModelClass;
    readonly RefreshToken: ModelClass;
    readonly Grant: ModelClass<GrantModel>;
    callback(): RequestListener;
    on(event: string, listener: (ctx: Context, error?: Error) => void): this;
    registerGrantType(
      name: string,
      handler: (ctx: Context) => Promise<void>,
      parameters: readonly string[],
    ): void;
  }
}
