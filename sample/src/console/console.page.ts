import { FAULTS } from './faults.js';

/** What else the sample serves, with what is there. */
const LINKS = {
  oauth2: 'Status board',
  health: 'Health',
  metrics: 'Metrics',
  payouts: 'Payouts',
  employees: 'Employees',
};

/** @param vendors the embedded ones; `null`: it is elsewhere, and nothing can be broken */
export function consolePage(vendors: Readonly<Record<string, object | null>>): string {
  const links = Object.entries(LINKS).map(([path, label]) => `<a href="/${path}">${label}</a>`);
  const cards = Object.entries(vendors).map(([name, vendor]) => vendorCard(name, vendor !== null));
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sample of nestjs-oauth2-client</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/console/style.css">
  <script type="module" src="/console/script.js"></script>
</head>
<body>
  <main>
    <h1>Break a vendor</h1>
    <p>The app calls both vendors once a second. Break one, and see what its callers get, what the log says and what the status board shows.</p>
    <nav aria-label="Pages">${links.join(' ')}</nav>
    ${cards.join('\n')}
    <section class="log" aria-labelledby="log-heading">
      <header><h2 id="log-heading">Log</h2><label><input type="checkbox" id="traffic" checked> a call each second</label></header>
      <ol id="log" tabindex="0" aria-labelledby="log-heading"></ol>
    </section>
  </main>
  <iframe src="/oauth2" title="Status board"></iframe>
</body>
</html>`;
}

function vendorCard(name: string, isEmbedded: boolean): string {
  const buttons = [...Object.entries(FAULTS), ['repair', REPAIR] as const].map(
    ([fault, { label, effect }]) =>
      `<button data-post="/console/${name}/${fault}" title="${effect}" class="${fault}">${label}</button>`,
  );
  const what = isEmbedded
    ? `<div class="buttons" role="group" aria-label="What to do to ${name}">${buttons.join('')}</div>
       <p class="effect" data-effect="${name}" role="status"></p>`
    : '<p>This vendor is where the environment says.</p>';
  return `<section class="vendor" aria-labelledby="${name}-heading">
      <header><h2 id="${name}-heading">${name}</h2><p class="call" data-call="${name}">not called yet</p></header>
      ${what}
    </section>`;
}

const REPAIR = { label: 'Repair', effect: 'Everything works again.' };

export const SCRIPT = `const log = document.getElementById('log');
const events = new EventSource('/console/events');
events.addEventListener('line', ({ data }) => {
  const { at, level, context, text } = JSON.parse(data);
  const line = document.createElement('li');
  const part = (name, content) => {
    const span = document.createElement('span');
    span.className = name;
    span.textContent = content;
    line.append(span, ' ');
  };
  part('at', new Date(at).toISOString().slice(11, 19));
  part('level ' + level, level.toUpperCase());
  part('text', '[' + context + '] ' + text);
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(line);
  if (log.children.length > 300) log.firstChild.remove();
  if (isAtEnd) log.scrollTop = log.scrollHeight;
});
events.addEventListener('call', ({ data }) => {
  const { vendor, outcome, ms } = JSON.parse(data);
  const call = document.querySelector('[data-call="' + vendor + '"]');
  call.textContent = (outcome === '200' ? '✓ ' : '✕ ') + outcome + ', ' + ms + ' ms';
  call.classList.toggle('failed', outcome !== '200');
});
events.onopen = () => log.replaceChildren();
addEventListener('pagehide', () => events.close());
document.addEventListener('click', async ({ target }) => {
  const path = target.dataset?.post;
  if (!path) return;
  const effect = target.closest('section').querySelector('.effect');
  effect.textContent = target.title;
  await fetch(path, { method: 'POST' });
});
document.getElementById('traffic').addEventListener('change', ({ target }) =>
  fetch('/console/traffic/' + (target.checked ? 'on' : 'off'), { method: 'POST' }));
`;

export const STYLE = `:root {
  color-scheme: light dark;
  --page: #fff; --card: #f5f6f8; --line: #dfe4ea; --text: #1b222c; --soft: #566170; --link: #1f5fbf;
  --ok: #17734a; --bad: #b3261e; --warn: #875200; --field: #fff;
}
@media (prefers-color-scheme: dark) {
  :root { --page: #171c23; --card: #1e252e; --line: #333d49; --text: #e7ebf0; --soft: #9aa6b5; --link: #86b7ff;
    --ok: #62d29b; --bad: #ff938b; --warn: #f2bd60; --field: #171c23; }
}
* { box-sizing: border-box; margin: 0; }
body { display: grid; grid-template-columns: minmax(22rem, 30rem) 1fr; height: 100vh; background: var(--page); color: var(--text);
  font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
main { display: flex; flex-direction: column; gap: 1rem; padding: 1.5rem; min-height: 0; overflow: auto; border-right: 1px solid var(--line); }
iframe { width: 100%; height: 100%; border: 0; }
h1 { font-size: 1.375rem; letter-spacing: -.015em; }
h2 { font-size: 1rem; }
p, nav { color: var(--soft); }
nav { display: flex; gap: 1rem; flex-wrap: wrap; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.vendor { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .875rem 1rem; }
section header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.call { font-weight: 600; color: var(--ok); }
.call.failed { color: var(--bad); }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .625rem; }
button { font: inherit; font-size: .875rem; font-weight: 550; padding: .25rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--field); color: var(--text); cursor: pointer; }
button:hover { border-color: var(--soft); }
.repair { color: var(--ok); }
.effect { margin-top: .5rem; min-height: 1.5em; font-size: .875rem; }
.log { display: flex; flex-direction: column; gap: .5rem; min-height: 14rem; flex: 1; }
.log label { color: var(--soft); font-size: .875rem; }
#log { flex: 1; overflow: auto; list-style: none; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card);
  font: .75rem/1.55 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
#log .at { color: var(--soft); }
#log .warn { color: var(--warn); } #log .error { color: var(--bad); } #log .log { display: inline; color: var(--ok); } #log .debug { color: var(--soft); }
@media (max-width: 56rem) {
  body { display: block; height: auto; }
  main { border: 0; }
  .log { height: 20rem; }
  iframe { height: 80vh; border-top: 1px solid var(--line); }
}
`;
