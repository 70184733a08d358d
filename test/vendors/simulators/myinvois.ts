import { CLIENT_ID, CLIENT_SECRET, TIN } from '../declarations/myinvois.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/connect/token',
        headers: { onbehalfof: TIN },
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          scope: 'InvoicingAPI',
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600, scope: 'InvoicingAPI' }),
    },
    refusal: { status: 400 },
  });
