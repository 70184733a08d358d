import { VendorServer, type VendorServerOptions } from './vendor-server.js';

export interface TartanAccount {
  username: string;
  password: string;
}

export interface TartanServerOptions extends VendorServerOptions {
  account?: TartanAccount;
}

const SAMPLE_ACCOUNT: TartanAccount = {
  username: 'hr@example.com',
  password: 'sample-tartan-password',
};

/**
 * Stands in for Tartan. The token endpoint follows https://docs.hypersync.tartanhq.com
 * ("OAuth Token"), which says nothing of refreshing; the path of the employees is made up.
 */
export class TartanServer extends VendorServer {
  readonly account: TartanAccount;

  protected readonly api = {
    'GET /api/employees': () =>
      Response.json([
        { id: 'E-1', name: 'Ama Mensah', department: 'Finance' },
        { id: 'E-2', name: 'Ravi Kumar', department: 'Engineering' },
      ]),
  };

  constructor({ account = SAMPLE_ACCOUNT, ...options }: TartanServerOptions = {}) {
    super(
      {
        path: '/api/external/oauth/token',
        contentType: 'multipart/form-data',
        tokenType: 'bearer',
        client: {},
        account: { username: account.username, password: account.password },
        // 400 and 401 are documented, without a body.
        refusal: (status, message) => Response.json({ message }, { status }),
      },
      options,
    );
    this.account = account;
  }
}
