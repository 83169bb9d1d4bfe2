// The browser of sessions: choose by run, counselor, client, seed and ending; open one.

const LISTED = 12;
const wanted = { run: '', counselor: '', seed: '', finish: '', text: '', order: 'played', page: 0 };
let found = [];
let list;
let stand;

const ORDERS = {
  played: ['as recorded', () => 0],
  worst: ['lowest CTRS first', (a, b) => order(a) - order(b)],
  best: ['highest CTRS first', (a, b) => order(b) - order(a)],
  longest: ['longest first', (a, b) => data.episodes.exchanges[b] - data.episodes.exchanges[a]],
};
const order = (n) => data.episodes.ctrs[n] ?? -1;

function showBrowser() {
  const { episodes } = data;
  const any = (what) => ['', `any ${what}`];
  const seeds = [...new Set(episodes.seed)].sort((a, b) => a - b);
  const search = el('input', {
    type: 'search',
    placeholder: 'name or key',
    on: { input: () => set('text')(search.value) },
  });
  list = el('div', { class: 'list' });
  stand = el('article', { class: 'session' }, el('p', { class: 'note' }, 'Choose a session.'));
  section(
    'sessions',
    'Sessions',
    `All ${plural(episodes.key.length, 'session')}, packed in this file.`,
    el(
      'div',
      { class: 'choices' },
      data.runs.length > 1
        ? choice('Run', [any('run'), ...data.runs.map((run, n) => [n, run.label])], set('run'), '')
        : null,
      choice(
        'Counselor',
        [any('counselor'), ...data.counselors.map((one, n) => [n, one.name])],
        set('counselor'),
        '',
      ),
      el('label', { class: 'choice' }, el('span', {}, 'Client'), search),
      seeds.length > 1
        ? choice('Seed', [any('seed'), ...seeds.map((seed) => [seed, seed])], set('seed'), '')
        : null,
      choice(
        'Ending',
        [any('ending'), ...episodes.finishes.map((name, n) => [n, words(name)])],
        set('finish'),
        '',
      ),
      choice(
        'Order',
        Object.entries(ORDERS).map(([key, [name]]) => [key, name]),
        set('order'),
        'played',
      ),
    ),
    el('div', { class: 'browser' }, list, stand),
  );
  filter();
}

const set = (key) => (value) => {
  wanted[key] = value;
  wanted.page = 0;
  filter();
};

function filter() {
  const { episodes, clients } = data;
  const is = (key, n) => wanted[key] === '' || String(episodes[key][n]) === wanted[key];
  const text = wanted.text.trim().toLowerCase();
  const says = (n) => {
    const client = clients[episodes.client[n]];
    return !text || `${client.name} ${client.id} ${episodes.key[n]}`.toLowerCase().includes(text);
  };
  found = episodes.key
    .map((_, n) => n)
    .filter((n) => ['run', 'counselor', 'seed', 'finish'].every((key) => is(key, n)) && says(n));
  found.sort(ORDERS[wanted.order][1]);
  drawList();
}

function drawList() {
  const pages = Math.max(1, Math.ceil(found.length / LISTED));
  const shown = found.slice(wanted.page * LISTED, (wanted.page + 1) * LISTED);
  const turn = (by) => () => {
    wanted.page += by;
    drawList();
  };
  list.replaceChildren(
    el('p', { class: 'note', role: 'status' }, `${plural(found.length, 'session')} found`),
    el('ul', { class: 'rows' }, shown.map(drawEntry)),
    el(
      'div',
      { class: 'pager' },
      el(
        'button',
        { type: 'button', disabled: wanted.page === 0, on: { click: turn(-1) } },
        'Previous',
      ),
      el('span', {}, `page ${wanted.page + 1} of ${pages}`),
      el(
        'button',
        { type: 'button', disabled: wanted.page + 1 >= pages, on: { click: turn(1) } },
        'Next',
      ),
    ),
  );
}

function drawEntry(n) {
  const { episodes, clients, counselors } = data;
  const client = clients[episodes.client[n]];
  const facts = [
    counselors[episodes.counselor[n]].name,
    words(episodes.finishes[episodes.finish[n]]),
    plural(episodes.exchanges[n], 'exchange'),
    `seed ${episodes.seed[n]}`,
  ];
  return el(
    'li',
    {},
    el(
      'button',
      { type: 'button', class: 'entry', 'data-episode': n, on: { click: () => open(n, true) } },
      el('b', {}, client.name),
      el('span', { class: 'score' }, number(episodes.ctrs[n])),
      el('small', {}, facts.join(' · ')),
    ),
  );
}

/** Show session n; a click brings it into view, since on a phone it stands below the list. */
async function open(n, look) {
  for (const entry of list.querySelectorAll('.entry'))
    entry.setAttribute('aria-pressed', String(entry.dataset.episode === String(n)));
  try {
    const [episode, client] = await Promise.all([
      loadEpisode(n),
      loadClient(data.episodes.client[n]),
    ]);
    stand.replaceChildren(
      ...drawSession(n, episode, client).flat(Infinity).filter(Boolean),
      nextTo(n),
    );
    history.replaceState(null, '', `#session=${episode.key}`);
  } catch (error) {
    stand.replaceChildren(
      el('p', { class: 'note' }, `This session cannot be shown: ${error.message}`),
    );
  }
  if (!look) return;
  stand.firstElementChild.scrollIntoView({ block: 'start' });
  stand.firstElementChild.focus({ preventScroll: true });
}

function nextTo(n) {
  const at = found.indexOf(n);
  const button = (text, other) =>
    el(
      'button',
      { type: 'button', disabled: other === undefined, on: { click: () => open(other, true) } },
      text,
    );
  return el(
    'div',
    { class: 'pager' },
    button('Previous session', found[at - 1]),
    button('Next session', at < 0 ? undefined : found[at + 1]),
  );
}

/** Open the session that the address names. */
function follow() {
  const [, key] = location.hash.match(/^#session=([0-9a-f]+)$/) || [];
  const n = key ? data.episodes.key.indexOf(key) : -1;
  if (n >= 0) open(n, true);
}
