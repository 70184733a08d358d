import { bare } from '../util/bare.js';
import { called } from './credentials.js';
import { isMadeHere, type JwtCredentials } from './assertions.js';
import { type JwtOptions } from './jwt.js';

/**
 * Calls the functions that the keys of a definition come from, so that one key signs all requests of a
 * renewal, and belongs to the key of the account.
 *
 * @throws {OAuth2ClientError} `CREDENTIALS_UNAVAILABLE`, naming the member
 */
export async function resolveKeys(
  provider: string,
  { clientAssertion, assertion }: JwtCredentials,
): Promise<JwtCredentials> {
  const resolved = async <A>(member: keyof JwtCredentials, options: A | JwtOptions) => {
    const key = isMadeHere(options) ? options.key : undefined;
    if (typeof key !== 'function') return options;
    return bare({ ...options, key: await called(provider, `${member}.key`, async () => key()) });
  };
  const [client, own] = await Promise.all([
    resolved('clientAssertion', clientAssertion),
    resolved('assertion', assertion),
  ]);
  return { clientAssertion: client, assertion: own };
}
