import type { VendorServer } from './vendor-server.js';

/**
 * What can be done to an embedded server, to be printed.
 *
 * @param place where the vendor is if it is not embedded in this process
 */
export function controls(name: string, server: VendorServer | null, place = ''): string {
  if (!server) return `\n${name} is where the environment says: ${place}`;
  return `
${name}, embedded at ${server.url}
  curl -X POST ${server.url}/_control/revoke              revoke its access tokens
  curl -X POST '${server.url}/_control/revoke?refresh=1'  and its refresh tokens
  curl -X POST ${server.url}/_control/down                take its token endpoint down
  curl -X POST ${server.url}/_control/up                  bring it up again
  curl ${server.url}/_control/stats                       count logins, renewals, API calls`;
}
