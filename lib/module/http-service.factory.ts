import { HttpService } from '@nestjs/axios';
import axios from 'axios';

import type { ApiDirectory } from '../http/api-directory.js';
import { attach, dropInheritedCredentials } from '../http/attachment.js';
import type { ProviderDefinition } from '../providers/provider-definition.js';
import type { OAuth2ClientModuleOptions } from './module-options.js';
import type { OAuth2Runtime } from './runtime.js';

/**
 * Makes an `HttpService` over an axios instance of its own.
 *
 * @param definition the provider that it is bound to; without one it serves all
 */
export function createHttpService(
  directory: ApiDirectory,
  { clock }: OAuth2Runtime,
  options: OAuth2ClientModuleOptions,
  definition?: ProviderDefinition,
): HttpService {
  const instance = axios.create(options.axios).create({
    ...definition?.axios,
    ...(definition && { baseURL: definition.baseURL }),
  });
  dropInheritedCredentials(instance);
  attach(instance, { directory, bound: definition?.name, clock });
  return new HttpService(instance);
}
