import type { CredentialName, Credentials } from './credentials.js';
import type { TokenRequest } from './token-request.js';

export type ClientAuthenticationMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

/** One way for the client to say who it is (RFC 6749 §2.3), as data. */
export interface ClientAuthentication {
  readonly needs: readonly CredentialName[];
  readonly apply: (request: TokenRequest, credentials: Credentials) => TokenRequest;
}

export const clientAuthentications: Record<ClientAuthenticationMethod, ClientAuthentication> = {
  // A public client names itself (RFC 6749 §3.2.1); some vendors know no clients at all.
  none: {
    needs: [],
    apply: (request, { clientId }) => withParameters(request, { client_id: clientId }),
  },
  client_secret_basic: {
    needs: ['clientId', 'clientSecret'],
    apply: (request, { clientId, clientSecret }) => {
      const pair = `${formEncoded(clientId!)}:${formEncoded(clientSecret!)}`;
      const authorization = `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`;
      return { ...request, headers: { ...request.headers, authorization } };
    },
  },
  client_secret_post: {
    needs: ['clientId', 'clientSecret'],
    apply: (request, { clientId, clientSecret }) =>
      withParameters(request, { client_id: clientId, client_secret: clientSecret }),
  },
};

function withParameters(
  request: TokenRequest,
  values: Record<string, string | undefined>,
): TokenRequest {
  const added = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...request, parameters: [...request.parameters, ...added] };
}

/** RFC 6749 §2.3.1: each half is form-urlencoded before the two are joined. */
function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}
