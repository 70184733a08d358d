import { html, type Html } from './html.js';
import { actionForms, shared, type Links } from './provider-card.js';
import type { AccountRow, AccountsView, Query, View } from './view.js';
import { countdown, nameOf, pill, prose, STATES } from './words.js';

/** The query of a page, with some changes. Members with the usual value are left out. */
export function queryText(query: Query, changes: Partial<Query> = {}): string {
  const { q, state, page, window } = { ...query, ...changes };
  const members = {
    ...(window !== undefined && { window }),
    ...(q !== '' && { q }),
    ...(state !== undefined && { state }),
    ...(page > 1 && { page: `${page}` }),
  };
  return `?${new URLSearchParams(members).toString()}`;
}

/** The form that searches the accounts. It is not part of what is updated, so that nobody is interrupted. */
export function searchForm({ query }: View): Html {
  const options = STATES.map(
    (state) =>
      html`<option value="${state}" ${state === query.state && html`selected`}>
        ${nameOf(state)}
      </option>`,
  );
  return html`<form class="search" role="search" action="#accounts-heading">
    ${query.window !== undefined && html`<input type="hidden" name="window" value="${query.window}" />`}
    <label
      >Account or provider
      <input type="search" name="q" value="${query.q}" maxlength="100" autocomplete="off"
    /></label>
    <label
      >State
      <select name="state">
        <option value="">All</option>
        ${options}
      </select></label
    >
    <button>Search</button>
  </form>`;
}

/** The accounts of all providers: those in trouble first. */
export function accountsTable({ accounts, query, now }: View, links: Links): Html {
  if (!accounts) return html``;
  const { rows, found, total } = accounts;
  const shown =
    found === total
      ? `${total.toLocaleString('en')} accounts`
      : `${found.toLocaleString('en')} of ${total.toLocaleString('en')} accounts`;
  const body = rows.map((row) => accountRow(row, now, links));
  return html`<p class="found">${shown}. Accounts in trouble come first.</p>
    ${
      rows.length > 0 &&
      html`<div class="scroll" role="region" aria-labelledby="accounts-heading" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">State</th>
              <th scope="col">Token expires</th>
              ${links.allowActions && html`<th scope="col">Actions</th>`}
            </tr>
          </thead>
          <tbody>
            ${body}
          </tbody>
        </table>
      </div>`
    }
    ${pager(accounts, query)}`;
}

function accountRow(row: AccountRow, now: number, links: Links): Html {
  const { name, status } = row;
  const { account, state, token, expiresAt } = status;
  const expires =
    token === 'none' ? html`<span class="none">no token</span>` : countdown(expiresAt!, now);
  return html`<tr>
    <th scope="row">${account}<small>${name}</small></th>
    <td>${pill(state)}${trouble(row, now)}</td>
    <td>${expires}</td>
    ${links.allowActions && html`<td>${actionForms({ id: row.id, name, status }, links)}</td>`}
  </tr>`;
}

function trouble({ status: { error, retryAfter } }: AccountRow, now: number): Html | undefined {
  if (!error) return undefined;
  const { reason, hint } = shared(error);
  const next = retryAfter > 0 ? countdown(now + retryAfter * 1_000, now) : html`with the next call`;
  return html`<p class="trouble">${prose(`${reason} ${hint}`)} Next attempt: ${next}.</p>`;
}

function pager({ page, pages }: AccountsView, query: Query): Html | undefined {
  if (pages === 1) return undefined;
  const link = (to: number, rel: string, label: string) =>
    to >= 1 && to <= pages
      ? html`<a href="${queryText(query, { page: to })}#accounts-heading" rel="${rel}">${label}</a>`
      : html`<span class="off">${label}</span>`;
  return html`<nav class="pager" aria-label="Pages of accounts">
    ${link(page - 1, 'prev', 'Previous')}<span>Page ${page} of ${pages}</span
    >${link(page + 1, 'next', 'Next')}
  </nav>`;
}
