import { CLIENT_ID, CLIENT_SECRET } from '../declarations/uae-pass.js';
import { basicAuthorization, bearer, simulation } from './support.js';

const SCOPE = 'urn:safelayer:eidas:sign:process:document';

export const simulate = () =>
  simulation({
    lifetime: 300,
    secrets: [CLIENT_SECRET],
    probe: '/trustedx-resources/esignsp/v2/signer_processes',
    login: {
      request: {
        path: '/trustedx-authserver/oauth/main-as/token',
        headers: { authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET) },
        form: { grant_type: 'client_credentials', scope: SCOPE },
      },
      answer: (issued) => bearer(issued, { expires_in: 300, scope: SCOPE }),
    },
  });
