// What became of whom: affect by attitude, scores by group of clients.

const ATTITUDES = ['negative', 'neutral', 'positive'];

function showAffect() {
  const groups = data.statistics.groups.attitude;
  const find = (measures, id) => measures.find((one) => one.measure.id === id);
  const parts = groups
    ? ATTITUDES.filter((name) => name in groups).map((name) => [`${name} clients`, groups[name]])
    : [['all clients', data.statistics.measures]];
  const all = ['na_change', 'pa_change'].map((id) => [
    id,
    parts.flatMap(([, measures]) => find(measures, id).standings.map((row) => row.mean)),
  ]);
  if (!all.some(([, intervals]) => intervals.some(Boolean))) return;
  const panels = all.map(([id, intervals]) => {
    const there = intervals
      .filter(Boolean)
      .flatMap((one) => [one.value, one.low, one.high])
      .filter(isNumber);
    const ends = {
      from: Math.floor(Math.min(0, ...there) / 5) * 5,
      to: Math.ceil(Math.max(0, ...there) / 5) * 5,
    };
    const title = id === 'na_change' ? 'Negative affect, change' : 'Positive affect, change';
    return el(
      'div',
      {},
      el('h3', {}, title),
      parts.map(([name, measures]) => [
        el('h4', {}, name),
        dotTable(`${title}, ${name}`, inOrder(find(measures, id)), [], {
          ...ends,
          zero: true,
          say: (value) => signed(value, 1),
        }),
      ]),
    );
  });
  section(
    'affect',
    'Affect by attitude',
    'How the PANAS sums (10 to 50) change from before to after the session, as the clients report it themselves. Less negative and more positive affect is better.',
    el('div', { class: 'grid two' }, panels),
    affectTable(),
  );
}

const inOrder = (measure) => {
  const place = Object.fromEntries(data.counselors.map((one, n) => [one.name, n]));
  return standingsOf(measure).sort((a, b) => place[a.name] - place[b.name]);
};

function affectTable() {
  const heads = [
    'group',
    ...['PA before', 'PA after', 'PA change', 'NA before', 'NA after', 'NA change', 'n'].map(
      (name) => ({ name, num: true }),
    ),
  ];
  const row = (name, part) => [
    name,
    number(part.pa_before, 1),
    number(part.pa_after, 1),
    signed(part.pa_change, 1),
    number(part.na_before, 1),
    number(part.na_after, 1),
    signed(part.na_change, 1),
    count(part.n),
  ];
  const readers = {
    self: 'read by the clients themselves',
    observer: 'read by an observer',
    mind: 'read from the mind',
  };
  const rows = [
    ...ATTITUDES.filter((name) => name in data.affect.attitude).map((name) =>
      row(`${name} clients`, data.affect.attitude[name]),
    ),
    ...Object.entries(data.affect.reader)
      .filter(([, part]) => part.n)
      .map(([name, part]) => row(readers[name] || name, part)),
  ];
  return el(
    'details',
    { class: 'numbers' },
    el('summary', {}, 'Before and after, by attitude and by reader'),
    table('PANAS sums before and after', heads, rows),
  );
}

function showGroups() {
  const groups = Object.entries(data.statistics.groups);
  if (!groups.length) return;
  const measures = data.statistics.measures.map((one) => one.measure);
  const chosen = { group: groups[0][0], measure: 0 };
  const drawn = redrawn(() =>
    drawGroup(data.statistics.groups[chosen.group], Number(chosen.measure)),
  );
  const change = (key) => (value) => {
    chosen[key] = value;
    drawn.show();
  };
  section(
    'groups',
    'By group of clients',
    'The same means within groups. A client with several distortions stands in several groups; small groups have wide intervals, and many looks find something by chance.',
    el(
      'div',
      { class: 'choices' },
      choice(
        'Group',
        groups.map(([name]) => [name, `by ${name}`]),
        change('group'),
        chosen.group,
      ),
      choice(
        'Measure',
        measures.map((one, n) => [n, one.name]),
        change('measure'),
        0,
      ),
    ),
    drawn.place,
  );
}

function drawGroup(groups, n) {
  const names = data.counselors.map((one) => one.name);
  const { measure } = data.statistics.measures[n];
  const say = sayer(measure);
  const cell = (measures, name) => {
    const found = measures[n].standings.find((row) => row.counselor === name);
    if (!found || !found.mean) return BLANK;
    return [say(found.mean.value), el('small', { class: 'range' }, range(found.mean, say))];
  };
  const rows = Object.entries(groups).map(([name, measures]) => [
    words(name),
    ...names.map((one) => cell(measures, one)),
  ]);
  return table(
    `${measure.name} by group`,
    ['group', ...names.map((name) => ({ name, num: true }))],
    rows,
    { class: 'cells' },
  );
}
