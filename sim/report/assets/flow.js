// The CRDial graph with the steps that were taken: forward edges down the middle, ways back in colour.

const SUB = Object.keys(STAGES);
const SPOT = {
  automatic_thoughts: 50,
  intermediate_beliefs: 125,
  core_beliefs: 200,
  defense: 300,
  prosecution: 375,
  verdict: 450,
  closing: 550,
};
const BOX = { x: 106, width: 188, half: 22 };

function showFlow() {
  const names = sortedNames(data.flow);
  if (!names.length) return;
  const drawn = redrawn(drawFlow, names[0]);
  section(
    'flow',
    'Flow through the CRDial graph',
    'Which steps the supervisor took, counted over all sessions. Coloured: ways back, the loops that the protocol lives on.',
    names.length > 1
      ? el(
          'div',
          { class: 'choices' },
          choice(
            'Counselor',
            names.map((name) => [name, name]),
            drawn.show,
            names[0],
          ),
        )
      : null,
    drawn.place,
  );
}

function drawFlow(name) {
  const routes = data.flow[name];
  const counts = new Map();
  for (const [source, target, , n] of routes)
    counts.set(`${source}>${target}`, (counts.get(`${source}>${target}`) || 0) + n);
  const taken = (source, target) => counts.get(`${source}>${target}`) || 0;
  const most = Math.max(
    ...[...counts].filter(([key]) => key.split('>')[0] !== key.split('>')[1]).map(([, n]) => n),
    1,
  );
  const width = (n) => 1 + 7 * Math.sqrt(n / most);
  const picture = drawing(
    `Flow of ${name} through the CRDial graph`,
    'The same counts stand in the table beside it.',
    { class: 'flow', viewBox: '0 0 420 600' },
    svg('text', { class: 'stage', x: BOX.x, y: 18 }, 'Identification'),
    svg('text', { class: 'stage', x: BOX.x, y: 268 }, 'Restructuring'),
    drawForward(taken, width),
    drawBack(counts, width),
    drawRepair(taken, width),
    [...SUB, 'closing'].map((id) => drawNode(id, taken)),
  );
  const rows = routes
    .slice()
    .sort((a, b) => b[3] - a[3])
    .map(([source, target, reason, n]) => [
      `${stage(source)} → ${stage(target)}`,
      words(reason),
      count(n),
    ]);
  return el(
    'div',
    { class: 'beside' },
    picture,
    el(
      'details',
      { class: 'numbers', open: matchMedia('(min-width: 900px)').matches },
      el('summary', {}, 'All steps with their reasons'),
      table('Steps taken', ['step', 'reason', { name: 'times', num: true }], rows, {
        class: 'left',
      }),
    ),
  );
}

function drawNode(id, taken) {
  const y = SPOT[id];
  const rest = [
    ['stays', taken(id, id)],
    ['leaves', taken(id, 'judging')],
    ['crisis', taken(id, 'crisis')],
    ['closes', id === 'verdict' || id === 'closing' ? 0 : taken(id, 'closing')],
    ['ends', taken(id, 'end')],
  ];
  const text = rest
    .filter(([, n]) => n)
    .map(([what, n]) => `${what} ${n}`)
    .join(' · ');
  return svg(
    'g',
    {},
    svg('rect', {
      class: 'node',
      x: BOX.x,
      y: y - BOX.half,
      width: BOX.width,
      height: 2 * BOX.half,
      rx: 7,
    }),
    svg(
      'text',
      { class: 'name', x: 200, y: text ? y - 3 : y + 5, 'text-anchor': 'middle' },
      stage(id),
    ),
    text ? svg('text', { class: 'small', x: 200, y: y + 13, 'text-anchor': 'middle' }, text) : null,
  );
}

function drawForward(taken, width) {
  const line = [...SUB, 'closing'];
  return line.slice(1).map((target, n) => {
    const times = taken(line[n], target);
    if (!times) return null;
    const [from, to] = [SPOT[line[n]] + BOX.half, SPOT[target] - BOX.half];
    return [
      svg('path', { class: 'edge', 'stroke-width': width(times), d: `M200 ${from}V${to}` }),
      svg('text', { class: 'count', x: 210, y: (from + to) / 2 + 4 }, times),
    ];
  });
}

/** Loops to an earlier sub-stage, as arcs on the right, the longer the farther out. */
function drawBack(counts, width) {
  const loops = [...counts]
    .map(([key, times]) => [...key.split('>'), times])
    .filter(
      ([source, target]) =>
        SUB.includes(source) &&
        SUB.indexOf(target) >= 0 &&
        SUB.indexOf(target) < SUB.indexOf(source),
    )
    .sort((a, b) => span(a) - span(b));
  const right = BOX.x + BOX.width;
  const arcs = loops.map(([source, target, times], n) => {
    const [from, to] = [SPOT[source] - 10 + 6 * n, SPOT[target] + 10];
    const out = right + 26 + 24 * n;
    const text = svg(
      'text',
      {
        class: 'count back',
        x: right + (out + 12 - right) * 0.75,
        y: (from + to) / 2 + 4,
        'text-anchor': 'middle',
      },
      times,
    );
    return [
      text,
      svg('path', {
        class: 'edge back',
        'stroke-width': width(times),
        d: `M${right} ${from}C${out + 12} ${from} ${out + 12} ${to} ${right + 7} ${to}`,
      }),
      svg('path', { class: 'tip', d: `M${right} ${to}l9 -5v10z` }),
    ];
  });
  return [arcs.map(([, ...lines]) => lines), arcs.map(([text]) => text)];
}

const span = ([source, target]) => SUB.indexOf(source) - SUB.indexOf(target);

function drawRepair(taken, width) {
  const from = SUB.filter((id) => taken(id, 'repair'));
  if (!from.length) return null;
  const y = 250;
  return [
    from.map((id) => {
      const times = taken(id, 'repair');
      const above = SPOT[id] < y;
      const end = above ? y - 18 : y + 18;
      return [
        svg('path', {
          class: 'edge',
          'stroke-width': width(times),
          d: `M${BOX.x} ${SPOT[id]}C60 ${SPOT[id]} 52 ${SPOT[id]} 52 ${end}`,
        }),
        svg(
          'text',
          { class: 'count', x: BOX.x - 10, y: SPOT[id] - 6, 'text-anchor': 'end' },
          times,
        ),
      ];
    }),
    svg('rect', { class: 'node', x: 12, y: y - 18, width: 80, height: 36, rx: 7 }),
    svg('text', { class: 'name', x: 52, y: y - 1, 'text-anchor': 'middle' }, 'repair'),
    svg('text', { class: 'small', x: 52, y: y + 12, 'text-anchor': 'middle' }, 'and back'),
  ];
}
