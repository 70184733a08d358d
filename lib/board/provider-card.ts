import { OAuth2ClientError } from '../core/errors.js';
import type { TokenStatus } from '../lifecycle/token-access.js';
import { html, type Html } from './html.js';
import type { Counts, Entry } from './history.js';
import { timeline, WINDOWS } from './timeline.js';
import type { ProviderView, View } from './view.js';
import {
  ago,
  clockTime,
  count,
  countdown,
  duration,
  nameOf,
  pill,
  prose,
  STATES,
} from './words.js';

const RENEWED_BY = {
  login: 'logged in',
  refresh: 'refresh token',
  store: 'from the store',
};

/** How a page addresses what belongs to it. */
export interface Links {
  /** Where the routes of the board are, relative to the page: empty, or with a slash at the end. */
  readonly root: string;
  /** Whether the page has buttons that change something. */
  readonly allowActions: boolean;
}

/** Everything about one provider. */
export function providerCard(view: ProviderView, { now, window }: View, links: Links): Html {
  const { id, name, state, status, history } = view;
  return html`<article class="card ${state}" aria-labelledby="${id}-name">
    <header>
      <h2 id="${id}-name">${name}</h2>
      <span class="state" data-state="${name} is ${nameOf(state).toLowerCase()}"
        >${pill(state)}</span
      >
      ${view.renewing && html`<span class="note">renewing …</span>`}
      ${view.isDisabled && html`<span class="note">disabled: \`enabled: false\`</span>`}
      ${buttons(view, links)}
    </header>
    <dl class="facts">
      ${fact('Token expires', expiry(view, now))} ${fact('Last renewal', lastRenewal(view, now))}
      ${fact('Next attempt', nextAttempt(status, now))}
      ${fact('Renewals', html`${history.counts.renewals.toLocaleString('en')}<small>${history.counts.failedRenewals.toLocaleString('en')} failed</small>`)}
      ${fact('API requests', apiRequests(history.counts))}
      ${view.hasOthers && fact('Accounts', accountCounts(view))}
    </dl>
    ${status.error && problem(status.error, status)} ${timeline(id, history, now, WINDOWS[window]!)}
    ${recentEvents(name, history.entries, now)}
  </article>`;
}

function fact(term: string, value: Html): Html {
  return html`<div>
    <dt>${term}</dt>
    <dd>${value}</dd>
  </div>`;
}

function expiry({ expiresAt, hasOthers, status }: ProviderView, now: number): Html {
  if (expiresAt === undefined) return html`<span class="none">no token</span>`;
  const note = hasOthers
    ? 'the first of its accounts'
    : status.token === 'stale' && 'to be renewed';
  return html`${countdown(expiresAt, now)}${note && html`<small>${note}</small>`}`;
}

function lastRenewal({ history: { lastRenewal } }: ProviderView, now: number): Html {
  if (!lastRenewal) return html`<span class="none">none yet</span>`;
  const { at, by, durationMs, account } = lastRenewal;
  const took = durationMs < 10_000 ? `${Math.round(durationMs)} ms` : duration(durationMs);
  const how = `${RENEWED_BY[by]}, ${took}`;
  return html`${ago(at, now)}<small>${how}${account !== undefined && `, ${account}`}</small>`;
}

function nextAttempt({ retryAfter, error, renewing }: TokenStatus, now: number): Html {
  if (renewing) return html`now<small>in progress</small>`;
  if (!error) return html`<span class="none">on demand</span>`;
  if (retryAfter === 0) return html`with the next call`;
  return html`${countdown(now + retryAfter * 1_000, now)}<small>with the first call then</small>`;
}

function apiRequests({ apiRequests, waited, withoutToken, repeated }: Counts): Html {
  const notes = [
    ...(withoutToken > 0 ? [`${withoutToken.toLocaleString('en')} without a token, not sent`] : []),
    ...(waited > 0 ? [`${waited.toLocaleString('en')} waited`] : []),
    ...(repeated > 0 ? [`${repeated.toLocaleString('en')} repeated`] : []),
  ];
  return html`${apiRequests.toLocaleString('en')}<small>${notes.join(', ')}</small>`;
}

function accountCounts({ others }: ProviderView): Html {
  const total = STATES.reduce((sum, state) => sum + others[state], 0);
  const troubled = (['down', 'degraded'] as const)
    .filter((state) => others[state] > 0)
    .map((state) => `${others[state].toLocaleString('en')} ${state}`);
  return html`${total.toLocaleString('en')}<small>${troubled.join(', ')}</small>`;
}

/** The failure in words, and what to do about it. */
function problem(error: OAuth2ClientError, { failures, account }: TokenStatus): Html {
  const { code, reason, hint } = shared(error);
  const facts = [
    code,
    ...(failures > 1 ? [`${count(failures, 'failure')} in a row`] : []),
    ...(account === undefined ? [] : [`account ${account}`]),
  ];
  return html`<div class="problem">
    <p class="reason">${prose(reason)}</p>
    <p class="hint"><b>What to do:</b> ${prose(hint)}</p>
    <p class="code">${facts.join(' · ')}</p>
  </div>`;
}

/** The failure without the seconds that `forCaller` adds: the page counts them down itself. */
export function shared(error: OAuth2ClientError): OAuth2ClientError {
  return error.cause instanceof OAuth2ClientError ? error.cause : error;
}

function recentEvents(name: string, entries: readonly Entry[], now: number): Html | undefined {
  if (entries.length === 0) return undefined;
  const rows = entries.toReversed().map(
    ({ at, level, headline, details, account }) =>
      html`<li class="${level}">
        <span class="at">${clockTime(at, now)}</span
        ><span
          ><b>${headline}</b
          >${account !== undefined && html` <span class="account">${account}</span>`}<br />${prose(details)}</span
        >
      </li>`,
  );
  return html`<details class="events">
    <summary>Recent events</summary>
    <ol tabindex="0" aria-label="Recent events of ${name}">
      ${rows}
    </ol>
  </details>`;
}

function buttons({ id, name, own, hasOthers }: ProviderView, links: Links): Html | undefined {
  const isUsed = own.state !== 'unknown' || !hasOthers;
  return links.allowActions && isUsed ? actionForms({ id, name, status: own }, links) : undefined;
}

/** The buttons of one account. They need no script. */
export function actionForms(
  { id, name, status }: Pick<ProviderView, 'id' | 'name' | 'status'>,
  { root }: Links,
): Html {
  const { account, token } = status;
  const query = new URLSearchParams({ provider: id, ...(account !== undefined && { account }) });
  const whose = account === undefined ? name : `${name}, account ${account}`;
  const form = (action: string, label: string, isOff: boolean) =>
    html`<form method="post" enctype="text/plain" action="${root}${action}?${query.toString()}">
      <button aria-label="${label} the token of ${whose}" ${isOff && html`disabled`}>
        ${label}
      </button>
    </form>`;
  return html`<div class="actions">
    ${form('renew', 'Renew', false)}${form('invalidate', 'Invalidate', token === 'none')}
  </div>`;
}
