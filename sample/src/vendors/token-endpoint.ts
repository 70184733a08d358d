import { setTimeout } from 'node:timers/promises';

import type { TokenLedger } from './token-ledger.js';

/** What one vendor's document says about its token endpoint. */
export interface TokenEndpointDescription {
  path: string;
  /** Media type of the form, without parameters. */
  contentType: string;
  tokenType: string;
  /** Fields that identify the client, sent with every grant. */
  client: Record<string, string>;
  /** Fields that identify the account, sent with the password grant. */
  account: Record<string, string>;
  refusal: (status: 400 | 401, message: string) => Response;
}

type Form = Partial<Record<string, string>>;

/** Answers token requests with grant type `password` or `refresh_token`. */
export class TokenEndpoint {
  down = false;
  /** Milliseconds before each answer. */
  delay = 0;
  /** Whether the password is no longer the one that the app has. */
  refusesLogins = false;
  readonly counts = { logins: 0, refreshes: 0, rejectedTokenRequests: 0 };

  constructor(
    private readonly vendor: TokenEndpointDescription,
    private readonly ledger: TokenLedger,
    private readonly refreshing: boolean,
  ) {}

  get path(): string {
    return this.vendor.path;
  }

  async answer(request: Request): Promise<Response> {
    if (this.delay > 0) await setTimeout(this.delay, undefined, { ref: false });
    const response = await this.evaluate(request);
    if (!response.ok) this.counts.rejectedTokenRequests++;
    return response;
  }

  private async evaluate(request: Request): Promise<Response> {
    if (this.down) return new Response(null, { status: 503, headers: { 'Retry-After': '15' } });
    if (request.method !== 'POST') {
      return new Response(null, { status: 405, headers: { Allow: 'POST' } });
    }
    const form = await this.readForm(request);
    if (!form) return this.vendor.refusal(400, `Expected a body of ${this.vendor.contentType}`);
    const grantType = form.grant_type;
    if (grantType === 'password') return this.login(form);
    if (grantType === 'refresh_token' && this.refreshing) return this.refresh(form);
    return this.vendor.refusal(400, 'Missing or unsupported grant_type');
  }

  private async readForm(request: Request): Promise<Form | undefined> {
    const [mediaType] = (request.headers.get('content-type') ?? '').split(';');
    if (mediaType?.trim().toLowerCase() !== this.vendor.contentType) return undefined;
    return request.formData().then(
      (data) => Object.fromEntries([...data].filter(isText)),
      () => undefined,
    );
  }

  private login(form: Form): Response {
    const expected = { ...this.vendor.client, ...this.vendor.account };
    const missing = missingFields(form, Object.keys(expected));
    if (missing) return this.vendor.refusal(400, missing);
    if (this.refusesLogins || !matches(form, expected)) {
      return this.vendor.refusal(400, 'Invalid credentials');
    }
    this.counts.logins++;
    return this.issue();
  }

  private refresh(form: Form): Response {
    const missing = missingFields(form, [...Object.keys(this.vendor.client), 'refresh_token']);
    if (missing) return this.vendor.refusal(400, missing);
    if (!matches(form, this.vendor.client)) return this.vendor.refusal(400, 'Invalid credentials');
    if (!this.ledger.spend(form.refresh_token ?? '')) {
      return this.vendor.refusal(401, 'Invalid refresh token');
    }
    this.counts.refreshes++;
    return this.issue();
  }

  private issue(): Response {
    const { accessToken, refreshToken, expiresIn } = this.ledger.issue();
    return Response.json(
      {
        token_type: this.vendor.tokenType,
        expires_in: expiresIn,
        access_token: accessToken,
        refresh_token: refreshToken,
      },
      { headers: { 'Cache-Control': 'no-store' } },
    );
  }
}

function missingFields(form: Form, names: string[]): string | undefined {
  const missing = names.filter((name) => !form[name]);
  return missing.length > 0 ? `Missing fields: ${missing.join(', ')}` : undefined;
}

function matches(form: Form, expected: Record<string, string>): boolean {
  return Object.entries(expected).every(([name, value]) => form[name] === value);
}

function isText(field: [string, unknown]): field is [string, string] {
  return typeof field[1] === 'string';
}
