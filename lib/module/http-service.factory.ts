import { HttpService } from '@nestjs/axios';
import axios from 'axios';

import type { ApiDirectory } from '../http/api-directory.js';
import { attach, dropInherited } from '../http/attachment.js';
import { connectionOf, withoutConnection } from '../http/request-config.js';
import type { ProviderDefinition } from '../providers/provider-definition.js';
import type { OAuth2ClientModuleOptions } from './module-options.js';
import type { OAuth2Runtime } from './runtime.js';

/**
 * Creates an `HttpService` with its own axios instance.
 *
 * @param definition the provider that it is bound to. Default: it serves all providers
 */
export function createHttpService(
  directory: ApiDirectory,
  { clock }: OAuth2Runtime,
  options: OAuth2ClientModuleOptions,
  definition?: ProviderDefinition,
): HttpService {
  const clean = axios.create();
  dropInherited(clean);
  const instance = clean.create(withoutConnection(options.axios)).create({
    ...withoutConnection(definition?.axios),
    ...(definition && { baseURL: definition.baseURL }),
  });
  const connection = connectionOf({ ...options.axios, ...definition?.axios });
  attach(instance, { directory, bound: definition?.name, clock, connection });
  return new HttpService(instance);
}
