import { printable } from '../util/redaction.js';
import type { OAuth2ErrorDetails } from '../core/errors.js';
import type { RequestSummary } from './request-summary.js';
import { RESPONSE_TOO_LARGE, NOT_SENT, type TransportError } from './transport.js';

type Details = Pick<
  OAuth2ErrorDetails,
  'code' | 'stage' | 'reason' | 'hint' | 'retryable' | 'evaluated'
>;

interface Circumstances extends Pick<RequestSummary, 'urlMember' | 'url'> {
  readonly host: string;
  /** The code of the failure, printable. */
  readonly code: string;
  /** Whether the URL is plain http. */
  readonly isPlain: boolean;
}

interface Row {
  readonly fits: (error: TransportError, circumstances: Circumstances) => boolean;
  readonly reason: (circumstances: Circumstances) => string;
  readonly hint: (circumstances: Circumstances) => string;
  /** Default: `TOKEN_ENDPOINT_UNREACHABLE` for a token request that may be repeated. */
  readonly details?: Partial<Details>;
}

/** Describes a request that got no complete response, by the first row that fits, or by the last one. */
export function connectionFailure(
  error: TransportError,
  url: string,
  request: Pick<RequestSummary, 'urlMember' | 'url'>,
): Details {
  const { host, protocol } = new URL(url);
  const { proxy } = error;
  const circumstances = {
    ...request,
    host: proxy === undefined ? host : `the proxy ${printable(proxy, [], 100)}`,
    isPlain: protocol === 'http:',
    code: printable(error.code, [], 60),
  };
  const row = ROWS.find(({ fits }) => fits(error, circumstances)) ?? OTHERWISE;
  return {
    code: 'TOKEN_ENDPOINT_UNREACHABLE',
    stage: 'token request',
    retryable: true,
    ...row.details,
    reason: row.reason(circumstances),
    hint: proxy === undefined ? row.hint(circumstances) : PROXY,
  };
}

const PROXY =
  'Check the proxy: `axios: { proxy }` of the provider, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment.';

/** The request has certainly not reached the server. */
const UNSENT: Partial<Details> = { evaluated: false };

/** The request has not reached the server, and repeating it does not help. */
const FOR_GOOD: Partial<Details> = { evaluated: false, retryable: false };

const TRUST =
  'Trust its authority by `axios: { httpsAgent }` of the provider or by NODE_EXTRA_CA_CERTS';

const coded =
  (pattern: RegExp): Row['fits'] =>
  ({ code }) =>
    pattern.test(code);

/** Nothing is sent to a server whose certificate is not accepted, and repeating the request does not help. */
const certificate = (
  pattern: RegExp,
  what: string,
  hint: (circumstances: Circumstances) => string = ({ urlMember }) =>
    `${TRUST}, or correct \`${urlMember}\`.`,
): Row => ({
  fits: coded(pattern),
  reason: ({ host, code }) => `The certificate of ${host} ${what} (${code}), so nothing was sent.`,
  hint,
  details: FOR_GOOD,
});

const ROWS: readonly Row[] = [
  {
    fits: coded(new RegExp(`^${RESPONSE_TOO_LARGE}$`)),
    reason: ({ host }) => `The response of ${host} is too large for a token response.`,
    hint: ({ urlMember, url }) =>
      `Check that \`${urlMember}\` is the URL of the token endpoint: ${url}.`,
    details: { code: 'TOKEN_RESPONSE_INVALID', stage: 'token response', retryable: false },
  },
  {
    fits: coded(new RegExp(`^${NOT_SENT}$`)),
    reason: ({ host }) =>
      `The request to ${host} was not sent, because this process was paused for so long that another instance may have renewed the token.`,
    hint: () => 'Repeat the call. It first looks for a newer token in the shared store.',
    details: { ...UNSENT, code: 'TOKEN_REQUEST_TIMEOUT' },
  },
  certificate(/^DEPTH_ZERO_SELF_SIGNED_CERT$/, 'is self-signed'),
  certificate(
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY)_)/,
    'comes from an authority that this machine does not know, or its chain is not complete',
  ),
  certificate(
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    'has expired or is not valid yet',
    () =>
      `Check the clock of this machine. If it is right, the certificate has to be renewed; ${TRUST.replace('Trust', 'trust')}.`,
  ),
  certificate(
    /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    'is for another host',
    ({ urlMember }) =>
      `Correct the host in \`${urlMember}\`. If it is right: ${TRUST.replace('Trust', 'trust')}, with the name that the certificate has as \`servername\`.`,
  ),
  certificate(/^CERT_/, 'is not accepted'),
  {
    fits: ({ code, message }) =>
      /^(EPROTO|ERR_SSL_)/.test(code) &&
      /wrong version number|packet length too long|http request/i.test(message),
    reason: ({ host, code }) => `${host} does not speak TLS (${code}), so nothing was sent.`,
    hint: ({ urlMember }) =>
      `Correct the port or the scheme of \`${urlMember}\`: an https URL leads to a port that speaks plain http, or a proxy is in between.`,
    details: FOR_GOOD,
  },
  {
    fits: coded(/^(EPROTO|ERR_SSL_|ERR_TLS_)/),
    reason: ({ host, code }) =>
      `This machine and ${host} could not agree on a TLS connection (${code}), so nothing was sent.`,
    hint: ({ urlMember }) =>
      `Check which TLS versions, ciphers and client certificate the server wants: \`axios: { httpsAgent }\` of the provider sets them. Check the port in \`${urlMember}\`.`,
    details: UNSENT,
  },
  {
    fits: coded(/^ENOTFOUND$|^EAI_/),
    reason: ({ host, code }) => `DNS does not know ${host} (${code}).`,
    hint: ({ urlMember }) =>
      `Check the spelling of the host in \`${urlMember}\`, and the DNS of this machine.`,
    details: UNSENT,
  },
  {
    fits: coded(/^ECONNREFUSED$/),
    reason: ({ host, code }) => `No response from ${host} (${code}): nothing listens there.`,
    hint: ({ urlMember }) => `Check host and port in \`${urlMember}\`, and that the server runs.`,
    details: UNSENT,
  },
  {
    fits: coded(/^(ENETUNREACH|EHOSTUNREACH)$/),
    reason: ({ host, code }) => `There is no route to ${host} (${code}).`,
    hint: ({ urlMember }) =>
      `Check the network, the VPN and the firewall of this machine, and the host in \`${urlMember}\`.`,
    details: UNSENT,
  },
  {
    fits: coded(/^(ETIMEDOUT|ECONNABORTED|ERR_SOCKET_CONNECTION_TIMEOUT)$/),
    reason: ({ host, code }) => `No response from ${host} in time (${code}).`,
    hint: ({ urlMember }) =>
      `Check that a firewall or a proxy lets requests through to the host in \`${urlMember}\`.`,
  },
  {
    fits: ({ code }, { isPlain }) => isPlain && /^(ECONNRESET|EPIPE|HPE_)/.test(code),
    reason: ({ host, code }) =>
      `No response from ${host} (${code}): it closed a plain http connection.`,
    hint: ({ urlMember }) => `If the port expects TLS, begin \`${urlMember}\` with https.`,
  },
];

const OTHERWISE: Row = {
  fits: () => true,
  reason: ({ host, code }) => `No response from ${host} (${code}).`,
  hint: ({ urlMember }) =>
    `Check the host name and the port in \`${urlMember}\`, the network and the proxy.`,
};
