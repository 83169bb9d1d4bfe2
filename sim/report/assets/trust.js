// How far the numbers can be trusted, and what they were made with.

function showNoise() {
  const { noise } = data.statistics;
  if (!noise) return;
  const parts = [
    ['client', 'some clients are harder for everyone', noise.components.client],
    [
      'client × counselor',
      'a client suits one counselor more than another',
      noise.components.match,
    ],
    ['seed', 'the same pair plays again', noise.components.seed],
    ['judge severity', 'a judge is strict throughout', noise.components.judge_severity],
    ['judge noise', 'a judge disagrees about this session', noise.components.judge_noise],
  ];
  const whole = parts.reduce((sum, [, , value]) => sum + (value || 0), 0);
  const rows = parts.map(([name, says, value]) => [
    [name, el('small', {}, says)],
    svg(
      'svg',
      { class: 'bar', height: 8, 'aria-hidden': 'true' },
      isNumber(value) && whole
        ? svg('rect', { class: 'fill', x: 0, y: 0, width: `${(value / whole) * 100}%`, height: 8 })
        : null,
    ),
    number(value, 3),
    isNumber(value) && whole ? percent(value / whole) : 'cannot be told',
  ]);
  const facts = [
    ['Smallest difference seen with 80 % power', `${number(noise.smallest_visible)} CTRS points`],
    ['Same order when clients are redrawn', percent(noise.same_order_clients)],
    ['Same order when seeds are redrawn', percent(noise.same_order_seeds)],
    ['Same best when seeds are redrawn', percent(noise.same_best_seeds)],
  ];
  section(
    'noise',
    'Noise',
    'Where the CTRS varies beside the counselors, and how far the ranking moves when it is all done again.',
    table(
      'Variance of the CTRS',
      [
        { name: 'what', class: 'name' },
        { name: 'share', class: 'plot' },
        { name: 'variance', num: true },
        { name: 'share', num: true },
      ],
      rows,
      { class: 'dotted' },
    ),
    listFacts(facts),
    listEase(),
  );
}

/** The clients that were hardest and easiest for everyone. */
function listEase() {
  const ease = Object.entries(data.statistics.ability?.clients || {}).sort((a, b) => a[1] - b[1]);
  if (ease.length < 6) return null;
  const shown = Math.min(5, Math.floor(ease.length / 2));
  const nameOf = Object.fromEntries(
    data.clients.map((one) => [one.id, `${one.name}, ${one.attitude}`]),
  );
  const rows = [...ease.slice(0, shown), ...ease.slice(-shown)].map(([id, effect], n) => [
    nameOf[id] || id,
    signed(effect),
    n < shown ? 'hard' : 'easy',
  ]);
  return el(
    'details',
    { class: 'numbers' },
    el('summary', {}, 'The hardest and the easiest clients'),
    table(
      'CTRS with a client against the mean of all clients',
      ['client', { name: 'CTRS against the mean', num: true }, { name: '', class: 'left' }],
      rows,
    ),
  );
}

const listFacts = (facts) =>
  el(
    'dl',
    { class: 'facts' },
    facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );

function showAudit() {
  if (!data.audits.length) return;
  const cards = data.audits.map((card) =>
    el(
      'div',
      { class: 'card' },
      el(
        'h3',
        {},
        `${card.judge} (${card.scale}): `,
        el('strong', { class: card.fitness === 'fit' ? 'good' : 'bad' }, card.fitness),
      ),
      card.reasons.length
        ? el(
            'ul',
            {},
            card.reasons.map((reason) => el('li', {}, reason)),
          )
        : el('p', { class: 'note' }, 'Every check was passed.'),
      el(
        'details',
        { class: 'numbers' },
        el('summary', {}, 'Item by item'),
        table(
          `Audit of ${card.judge}`,
          ['item', { name: 'fit for', class: 'left' }, { name: 'noise', num: true }],
          card.items.map((item) => [
            item.item === 'mean' ? 'mean of the items' : itemName(item.item, card.scale),
            item.fitness,
            number(item.noise),
          ]),
          {},
        ),
      ),
    ),
  );
  section(
    'audit',
    'Audit of the judges',
    'What the judges are fit for, tried on sessions whose quality is known. Noise: below this difference two single sessions cannot be told apart.',
    cards,
  );
}

function showSettings() {
  const runs = data.runs.map((run) => {
    const made = run.manifest;
    const packages = Object.entries(made.packages || {})
      .map(([name, version]) => `${name} ${version}`)
      .join(', ');
    const facts = [
      ['Folder', run.folder],
      ['Created', made.created],
      ['Versions', `counselgym ${made.counselgym}, Python ${made.python}, ${packages}`],
      ['Seeds', (made.seeds || []).join(', ')],
      ['Clients', `${count(made.persona_count)}, hash ${made.personas}`],
      ['Judges', run.judges.join(', ')],
      ['Episodes', `${count(run.episodes)} finished, ${count(run.owed)} owed after a failure`],
    ];
    return el(
      'details',
      { class: 'run', open: data.runs.length === 1 },
      el('summary', {}, run.label),
      listFacts(facts),
      el('pre', { tabindex: '0', 'aria-label': `Configuration of ${run.label}` }, run.config),
    );
  });
  section(
    'settings',
    'Settings',
    'What it was made with; enough to make it again.',
    runs,
    showVoices(),
    showSpending(),
  );
}

function showVoices() {
  const rows = data.counselors.map((one) => [one.name, one.voice, one.run, count(one.episodes)]);
  return [
    el('h3', {}, 'Voices'),
    table(
      'Voices of the counselors',
      [
        'counselor',
        { name: 'voice', class: 'left' },
        { name: 'run', class: 'left' },
        { name: 'episodes', num: true },
      ],
      rows,
    ),
  ];
}

function showSpending() {
  if (!data.spending.length) return null;
  const rows = data.spending.map((row) => [
    row.role,
    row.model,
    count(row.calls),
    count(row.prompt_tokens),
    count(row.completion_tokens),
    row.cost === null ? 'unknown' : number(row.cost, 4),
  ]);
  const heads = [
    'role',
    { name: 'model', class: 'left' },
    ...['calls', 'prompt tokens', 'completion tokens', 'cost'].map((name) => ({ name, num: true })),
  ];
  return [el('h3', {}, 'Model calls'), table('Model calls by role', heads, rows)];
}
