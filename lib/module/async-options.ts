import { OAuth2ClientError } from '../core/errors.js';
import type { OAuth2ClientModuleAsyncOptions } from './module-options.js';

const FACTORIES = ['useFactory', 'useClass', 'useExisting'] as const;

/**
 * Checks what `forRootAsync` is called with, before Nest fails with an error that does not name it.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function checkedAsyncOptions(
  options: OAuth2ClientModuleAsyncOptions | undefined,
): OAuth2ClientModuleAsyncOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid('was called without options', 'Give it `names` and `useFactory`.');
  }
  const names: unknown = options.names;
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (names !== undefined && !isList) {
    throw invalid('got `names` that are not a list of strings', "Write `names: ['acme']`.");
  }
  if (!FACTORIES.some((name) => options[name] !== undefined)) {
    throw invalid(
      'got nothing that makes the options',
      'Give it one of `useFactory`, `useClass` and `useExisting`.',
    );
  }
  return options;
}

function invalid(what: string, hint: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider: 'OAuth2ClientModule',
    stage: 'configuration',
    reason: `\`forRootAsync()\` ${what}.`,
    hint,
  });
}
