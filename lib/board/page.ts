import { accountsTable, queryText, searchForm } from './accounts-table.js';
import type { Mark } from './history.js';
import { html, Html } from './html.js';
import { providerCard, type Links } from './provider-card.js';
import { SIGNS, WINDOWS } from './timeline.js';
import type { ProviderView, View } from './view.js';
import { clockTime, count, pill, STATES, type State } from './words.js';

/** A part of the page that is updated by itself. */
export interface Section {
  /** The `id` of its element. */
  readonly id: string;
  readonly html: string;
}

/** The parts of the page that change. */
export function sectionsOf(view: View, links: Links): Section[] {
  const sections: (readonly [string, Html])[] = [
    ['summary', summary(view)],
    ...view.providers.map((one) => [one.id, providerCard(one, view, links)] as const),
    ['accounts', accountsTable(view, links)],
  ];
  return sections.map(([id, { text }]) => ({ id, html: text }));
}

/**
 * The whole page.
 *
 * @param notice what the last button has done
 */
export function page(view: View, links: Links, notice: string): string {
  const sections = sectionsOf(view, links).map(
    ({ id, html: content }) => [id, html`<div id="${id}">${new Html(content)}</div>`] as const,
  );
  const of = (id: string) => sections.find(([own]) => own === id)?.[1];
  const cards = view.providers.map(({ id }) => of(id)!);
  const { root } = links;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>OAuth 2.0 tokens</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${root}board.css" />
        <script type="module" src="${root}board.js"></script>
      </head>
      <body data-now="${view.now}">
        <a class="skip" href="#main">Skip to the providers</a>
        <header class="top">
          <h1>OAuth 2.0 tokens</h1>
          <p class="live" id="live"><a href="${queryText(view.query)}">Reload</a></p>
          ${of('summary')}
        </header>
        <main id="main">
          <p class="notice" id="notice" role="status">${notice}</p>
          <div class="bar">${windows(view)}${legend()}</div>
          ${cards.length > 0 ? cards : html`<p class="empty">No provider is declared. Import OAuth2ClientModule.forRoot() in the app.</p>`}
          <section class="accounts" ${!view.accounts && html`hidden`}>
            <h2 id="accounts-heading">Accounts</h2>
            ${searchForm(view)} ${of('accounts')}
          </section>
        </main>
        <p class="hidden" id="news" role="status"></p>
      </body>
    </html>`.text;
}

function summary({ providers, now }: View): Html {
  const counts = [...STATES].reverse().flatMap((state) => {
    const those = providers.filter((one) => one.state === state);
    return those.length > 0 ? [tally(state, those)] : [];
  });
  const troubled = providers.filter(({ state }) => state === 'down' || state === 'degraded').length;
  const title = troubled > 0 ? `(${troubled}) OAuth 2.0 tokens` : 'OAuth 2.0 tokens';
  return html`<div class="summary" data-title="${title}">
    <ul>
      ${counts}
    </ul>
    <p class="asof">${count(providers.length, 'provider')}, as of ${clockTime(now, now)} UTC</p>
  </div>`;
}

/** The providers in one state. Those in trouble are named. */
function tally(state: State, those: readonly ProviderView[]): Html {
  const isTrouble = state === 'down' || state === 'degraded';
  const names = those.map(({ id, name }) => html`<a href="#${id}">${name}</a> `);
  return html`<li>
    ${pill(state)} ${isTrouble ? names : html`<span class="number">${those.length}</span>`}
  </li>`;
}

function windows({ window, query }: View): Html {
  const links = Object.keys(WINDOWS).map(
    (name) =>
      html`<a
        href="${queryText(query, { window: name })}"
        ${name === window && html`aria-current="true"`}
        >${name}</a
      >`,
  );
  return html`<nav class="windows" aria-label="Time that the pictures show">${links}</nav>`;
}

function legend(): Html {
  const mark = (kind: Mark['kind'], label: string) =>
    sample(html`<g class="mark ${kind}">${SIGNS[kind]}</g>`, label);
  const band = (state: State, half: number, label: string) =>
    sample(
      html`<rect
        class="band ${state}"
        x="-8"
        y="${-half}"
        width="16"
        height="${2 * half}"
        rx="2"
      />`,
      label,
    );
  return html`<ul class="legend" aria-label="Legend of the pictures">
    ${mark('renewed', 'renewed')} ${mark('failed', 'failed')}
    ${mark('rejected', 'rejected by the API')} ${band('up', 3, 'up')}
    ${band('degraded', 5, 'old token serves')} ${band('down', 7, 'down')}
  </ul>`;
}

function sample(content: Html, label: string): Html {
  return html`<li>
    <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">${content}</svg>${label}
  </li>`;
}
