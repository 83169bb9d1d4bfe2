// What happens within sessions: items of the scale, course of the mind, who stays, how it ends.

function showItems() {
  const items = Object.entries(data.statistics.items);
  if (!items.length) return;
  const names = data.counselors.map((one) => one.name);
  const bar = (value) => [
    number(value, 2),
    svg(
      'svg',
      { class: 'bar', height: 6, 'aria-hidden': 'true' },
      svg('rect', { class: 'rail', x: 0, y: 0, width: '100%', height: 6 }),
      isNumber(value)
        ? svg('rect', { class: 'fill', x: 0, y: 0, width: `${(value / 6) * 100}%`, height: 6 })
        : null,
    ),
  ];
  const rows = names.map((name) => [name, ...items.map(([, means]) => bar(means[name]))]);
  section(
    'items',
    'CTRS by item',
    'Where a counselor is strong and where it is weak: means of each item, 0 to 6.',
    table(
      'CTRS by item',
      ['counselor', ...items.map(([id]) => ({ name: itemName(id), num: true }))],
      rows,
      { class: 'bars' },
    ),
  );
}

const COURSES = {
  belief: 'belief in the distorted thoughts',
  distress: 'distress',
  hope: 'hope',
  trust: 'trust',
  tension: 'tension',
};

function showCourse() {
  const names = sortedNames(data.course).filter((name) => data.course[name].trust);
  if (!names.length) return;
  const drawn = redrawn((gauge) => {
    const longest = Math.max(...names.map((name) => data.course[name][gauge].length));
    const at = (values, n) => values[Math.min(n, values.length - 1)];
    const series = names.map((name) => ({
      name,
      points: Array.from({ length: longest }, (_, n) => [n, at(data.course[name][gauge], n)]),
    }));
    const say = (value) => number(value, 0);
    const rows = tabulate(series, (value) => number(value, 1));
    return [
      smallMultiples(series, {
        low: 0,
        high: 100,
        ticks: [0, 50, 100],
        tick: String,
        say,
        of: COURSES[gauge],
      }),
      asTable(`Mean ${COURSES[gauge]} by exchange`, rows.columns, rows.rows),
    ];
  }, 'belief');
  section(
    'course',
    'Course of the mind',
    "Gauges of the clients' hidden state, 0 to 100, averaged over sessions. A session that has ended keeps its last reading, so that every mean is over the same sessions. Counselors and judges never see these.",
    el('div', { class: 'choices' }, choice('Gauge', Object.entries(COURSES), drawn.show, 'belief')),
    drawn.place,
    el(
      'p',
      { class: 'note' },
      "Across: exchanges (0: the client's opening). Grey: the other counselors.",
    ),
  );
}

function showStay() {
  const names = sortedNames(data.stay);
  const series = names.map((name) => ({
    name,
    stepped: true,
    points: data.stay[name].map(([at, stay]) => [at, stay]),
    band: data.stay[name].map(([at, , low, high]) => [at, low, high]),
  }));
  const rows = tabulate(series, (stay, { name }, at) => {
    const there = data.stay[name][at];
    return there ? `${percent(stay)} (${there[4]})` : BLANK;
  });
  section(
    'stay',
    'Who stays',
    'Kaplan–Meier: the share of clients who have not walked out, by exchange. Every other end counts as censoring, not as staying.',
    smallMultiples(series, {
      low: 0,
      high: 1,
      ticks: [0, 0.5, 1],
      tick: (mark) => `${mark * 100}`,
      say: percent,
      of: 'share of clients still there',
    }),
    asTable(
      'Share of clients still there (sessions that had lasted so long)',
      rows.columns,
      rows.rows,
    ),
    el(
      'p',
      { class: 'note' },
      "Band: 95 % by Greenwood's variance, over sessions. The right end of a curve rests on few sessions; the table says on how many.",
    ),
    showFinishes(),
  );
}

function showFinishes() {
  const { finishes } = data.statistics;
  const names = sortedNames(finishes);
  const kinds = [...new Set(names.flatMap((name) => Object.keys(finishes[name])))].sort(byFinish);
  const rows = names.map((name) => {
    const whole = Object.values(finishes[name]).reduce((sum, n) => sum + n, 0);
    return [
      name,
      ...kinds.map((kind) => {
        const n = finishes[name][kind] || 0;
        const style = { '--tint': `${Math.round((n / whole) * 62)}%` };
        return el(
          'span',
          { class: n ? 'tile' : 'tile empty', style, title: `${n} of ${whole}` },
          n ? part(n, whole) : '0',
        );
      }),
      count(whole),
    ];
  });
  return [
    el('h3', {}, 'How sessions end'),
    table(
      'Finish reasons',
      [
        'counselor',
        ...kinds.map((kind) => ({ name: words(kind), num: true })),
        { name: 'episodes', num: true },
      ],
      rows,
      { class: 'matrix' },
    ),
    el(
      'p',
      { class: 'note' },
      'Resolved: the counselor closed and the client had put at least one thought differently. Counselor ended: it closed without that.',
    ),
  ];
}
