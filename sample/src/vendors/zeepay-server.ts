import { VendorServer, type VendorServerOptions } from './vendor-server.js';

export interface ZeepayAccount {
  clientId: string;
  clientSecret: string;
  username: string;
  password: string;
}

export interface ZeepayServerOptions extends VendorServerOptions {
  account?: ZeepayAccount;
}

const SAMPLE_ACCOUNT: ZeepayAccount = {
  clientId: 'sample-client',
  clientSecret: 'sample-client-secret',
  username: 'merchant@example.com',
  password: 'sample-zeepay-password',
};

/**
 * Stands in for Zeepay. The token endpoint follows https://docs.myzeepay.com ("Get OAuth Token"),
 * which says nothing of refreshing, nor of the payouts that serve here as an example.
 */
export class ZeepayServer extends VendorServer {
  readonly account: ZeepayAccount;

  private readonly payouts: object[] = [
    { id: 1, recipient: '+233200000001', amount: '150.00', currency: 'GHS' },
    { id: 2, recipient: '+233200000002', amount: '75.50', currency: 'GHS' },
  ];

  protected readonly api = {
    'GET /payouts': () => Response.json(this.payouts),
    'POST /payouts': async (request: Request) => {
      const payout = { ...((await request.json()) as object), id: this.payouts.length + 1 };
      this.payouts.push(payout);
      return Response.json(payout, { status: 201 });
    },
  };

  constructor({ account = SAMPLE_ACCOUNT, ...options }: ZeepayServerOptions = {}) {
    super(
      {
        path: '/oauth/token',
        contentType: 'application/x-www-form-urlencoded',
        tokenType: 'Bearer',
        client: { client_id: account.clientId, client_secret: account.clientSecret },
        account: { username: account.username, password: account.password },
        // 400 is the only error documented, and `error` an integer whose values are not.
        refusal: (_status, message) => Response.json({ error: 400, message }, { status: 400 }),
      },
      options,
    );
    this.account = account;
  }
}
