import type { AxiosInstance } from 'axios';

import type { ApiDirectory } from '../http/api-directory.js';
import { attach } from '../http/attachment.js';
import type { OAuth2Runtime } from './runtime.js';

/** Puts the tokens of a module into the requests of an axios instance that you already own. */
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
   * @param provider name of the only provider whose tokens the instance may carry; without it, any
   * URL of a known provider gets that provider's token
   * @throws {OAuth2ClientError} `CONFIGURATION_INVALID` for axios's process-wide default instance and
   * for an instance that is attached already, `PROVIDER_UNKNOWN` for a name that is none
   */
  attach(instance: AxiosInstance, provider?: string): void {
    if (provider !== undefined) this.#directory.get(provider);
    const { clock } = this.#runtime;
    this.#detach.set(
      instance,
      attach(instance, { directory: this.#directory, bound: provider, clock, connection: {} }),
    );
  }

  /** Leaves the instance as it was; does nothing if it is not attached here. */
  detach(instance: AxiosInstance): void {
    this.#detach.get(instance)?.();
    this.#detach.delete(instance);
  }
}
