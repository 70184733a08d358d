import { formEncodedText } from '../util/encoding.js';
import { isMadeHere, type CredentialName, type JwtCredentials } from './credentials.js';
import { signJwt, type JwtOptions } from './jwt.js';
import type { Computed, RequestContext, RequestDefinition } from './request-definition.js';

/** What grant and client authentication add to a request. */
export type RequestPart = Pick<RequestDefinition, 'parameters' | 'headers'>;

/** One way for the client to authenticate (RFC 6749 §2.3), as data. */
export interface ClientAuthentication {
  readonly needs: readonly (CredentialName | 'clientAssertion')[];
  readonly part: (endpoint: JwtCredentials, url: string) => RequestPart;
}
type Known = Pick<RequestContext, 'credentials'>;

const clientId = ({ credentials }: Known) => credentials['clientId'];
const clientSecret = ({ credentials }: Known) => credentials['clientSecret'];
/** RFC 7523 §2.2. */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const clientAuthentications = {
  // A public client sends its identifier (RFC 6749 §3.2.1). Some vendors have no clients at all.
  none: { needs: [], part: () => ({ parameters: { client_id: clientId } }) },
  client_secret_basic: {
    needs: ['clientId', 'clientSecret'],
    part: () => ({ headers: { authorization: basicOf(formEncodedText) } }),
  },
  // What many vendors expect: both values without form encoding (RFC 7617 §2).
  client_secret_basic_raw: {
    needs: ['clientId', 'clientSecret'],
    part: () => ({ headers: { authorization: basicOf((half) => half) } }),
  },
  client_secret_post: {
    needs: ['clientId', 'clientSecret'],
    part: () => ({ parameters: { client_id: clientId, client_secret: clientSecret } }),
  },
  // OpenID Connect Core §9.
  client_secret_jwt: {
    needs: ['clientId', 'clientSecret'],
    part: (_jwts, url) => assertion(url, ({ credentials }) => secretKey(credentials)),
  },
  // RFC 7523 §2.2
  private_key_jwt: {
    needs: ['clientId', 'clientAssertion'],
    part: ({ clientAssertion }, url) =>
      isMadeHere(clientAssertion)
        ? assertion(url, () => clientAssertion)
        : clientAssertionPart(({ credentials }) => credentials['clientAssertion']),
  },
  // RFC 8705 §2: the certificate of the provider's `axios.httpsAgent` authenticates the client.
  tls_client_auth: { needs: ['clientId'], part: () => ({ parameters: { client_id: clientId } }) },
} satisfies Record<ClientAuthenticationMethod, ClientAuthentication>;

/** How the client authenticates. `client_secret_basic_raw` is Basic without the form encoding of RFC 6749 §2.3.1. */
export type ClientAuthenticationMethod =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_basic_raw'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth';

/** RFC 6749 §2.3.1 form-encodes each half before the two are joined. */
function basicOf(encode: (half: string) => string) {
  return ({ credentials: { clientId: id = '', clientSecret: secret = '' } }: Known) =>
    `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`, 'utf8').toString('base64')}`;
}

function assertion(url: string, options: (context: RequestContext) => JwtOptions): RequestPart {
  return clientAssertionPart((context) => {
    const { clientId: client } = context.credentials;
    const defaults = { issuer: client, subject: client, audience: url, lifetime: 60 };
    return signJwt(options(context), defaults, context);
  });
}

function clientAssertionPart(client_assertion: Computed): RequestPart {
  return { parameters: { client_assertion_type: JWT_BEARER, client_assertion } };
}

function secretKey({ clientSecret: secret = '' }: RequestContext['credentials']): JwtOptions {
  return { key: { kty: 'oct', k: Buffer.from(secret).toString('base64url') } };
}
