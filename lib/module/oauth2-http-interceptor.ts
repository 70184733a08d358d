import type { AxiosInstance } from 'axios';

import type { ApiDirectory } from '../http/api-directory.js';
import { attach } from '../http/attachment.js';
import type { OAuth2Runtime } from './runtime.js';

/** Puts the tokens of a module into the requests of your own axios instances. */
export class OAuth2HttpInterceptor {
  readonly #directory: ApiDirectory;
  readonly #runtime: OAuth2Runtime;
  readonly #detach = new WeakMap<AxiosInstance, () => void>();

  /** @internal */
  constructor(directory: ApiDirectory, runtime: OAuth2Runtime) {
    this.#directory = directory;
    this.#runtime = runtime;
  }

  /**
   * @param provider name of the only provider whose token the instance may send. Default: a request to a URL of a known
   * provider carries that provider's token
   * @throws {OAuth2ClientError} `CONFIGURATION_INVALID` for axios's process-wide default instance and for an instance
   * that is attached already, `PROVIDER_UNKNOWN` for an unknown name
   */
  attach(instance: AxiosInstance, provider?: string): void {
    if (provider !== undefined) this.#directory.get(provider);
    const { clock } = this.#runtime;
    this.#detach.set(
      instance,
      attach(instance, { directory: this.#directory, bound: provider, clock, connection: {} }),
    );
  }

  /** Undoes `attach`. It does nothing if the instance is not attached here. */
  detach(instance: AxiosInstance): void {
    this.#detach.get(instance)?.();
    this.#detach.delete(instance);
  }
}
