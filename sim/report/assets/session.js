// One session: words with strategies and sub-stages, gauges, ways taken, verdicts with their quotes.

const NEEDLES = ['trust', 'tension', 'distress', 'hope'];

function drawSession(n, episode, client) {
  const index = data.episodes;
  const who = data.clients[index.client[n]];
  const counselor = data.counselors[index.counselor[n]];
  const facts = [
    `seed ${episode.seed}`,
    words(episode.finish),
    plural(index.exchanges[n], 'exchange'),
    `CTRS ${number(index.ctrs[n])}`,
    episode.technique ? `technique: ${words(episode.technique)}` : null,
    data.runs.length > 1 ? `run ${data.runs[index.run[n]].label}` : null,
    episode.calls.count
      ? `${plural(episode.calls.count, 'call')}, ${count(episode.calls.tokens)} tokens`
      : null,
  ].filter(Boolean);
  return [
    el('h3', { id: 'session-title', tabindex: '-1' }, `${who.name} with ${counselor.name}`),
    el('p', { class: 'note' }, facts.join(' · '), ' · ', el('code', {}, episode.key)),
    el(
      'p',
      { class: 'note' },
      `Synthetic. Client ${episode.voices.client}, counselor ${episode.voices.counselor}.`,
    ),
    drawMind(client),
    drawGauges(episode),
    drawTranscript(episode, client),
    drawVerdicts(episode),
    drawChannels(episode),
    drawMoods(episode),
  ];
}

function drawMind(client) {
  const { profile } = client;
  const facts = [
    ['Attitude', client.attitude],
    ['Resistance', words(client.resistance)],
    ['Risk', words(client.risk)],
    ['Reason given', client.intake.reason],
    ['Situation', profile.situation],
    ['Automatic thought', profile.automatic_thought],
    ['Rule', profile.rule],
    ['Core belief', profile.core_belief],
  ];
  const thoughts = profile.thoughts.map((thought, n) =>
    el(
      'li',
      {},
      `Belief ${n + 1}, ${words(thought.distortion)}, strength ${thought.strength}: `,
      el('q', { lang: client.language }, thought.text),
    ),
  );
  return el(
    'details',
    {},
    el('summary', {}, 'Who the client is; all but the reason is hidden from the counselor'),
    listFacts(facts),
    el('ul', {}, thoughts),
  );
}

function drawGauges({ trace }) {
  if (!trace.length) return null;
  const beliefs = trace[0].beliefs.map((_, n) => [
    `belief ${n + 1}`,
    trace.map((gauge) => gauge.beliefs[n]),
  ]);
  const lines = [...NEEDLES.map((name) => [name, trace.map((gauge) => gauge[name])]), ...beliefs];
  const x = (at) => 2 + (trace.length > 1 ? at / (trace.length - 1) : 0) * 116;
  const y = (value) => 30 - (value / 100) * 28;
  const small = lines.map(([name, values]) => {
    const there = values.map((value, at) => [at, value]).filter(([, value]) => isNumber(value));
    const [[, from], [, to]] = [there[0], there.at(-1)];
    return el(
      'figure',
      { class: 'spark' },
      el('figcaption', {}, name, ' ', el('span', {}, `${number(from, 0)} → ${number(to, 0)}`)),
      drawing(
        name,
        `from ${number(from, 0)} to ${number(to, 0)}`,
        { viewBox: '0 0 120 32', preserveAspectRatio: 'none' },
        svg('line', { class: 'grid', x1: 0, x2: 120, y1: 30, y2: 30 }),
        svg('path', { class: 'own', d: pathOf(there, x, y) }),
      ),
    );
  });
  return el('div', { class: 'sparks' }, small);
}

function drawTranscript(episode) {
  const gauges = new Map(
    episode.trace.map((gauge, n) => [gauge.turn, [gauge, episode.trace[n - 1]]]),
  );
  const rows = episode.transcript.map((turn, n) => [
    episode.edges.filter((edge) => edge.turn === n && isWayBack(edge)).map(drawWay),
    drawTurn(turn, n, episode.language),
    gauges.has(n) ? drawReading(...gauges.get(n)) : null,
  ]);
  const end = episode.edges
    .filter((edge) => edge.turn >= episode.transcript.length && isWayBack(edge))
    .map(drawWay);
  return [el('h4', {}, 'Transcript'), el('ol', { class: 'talk' }, rows, end)];
}

const isWayBack = ({ source, target }) =>
  (target === 'repair' && source !== 'repair') ||
  (SUB.includes(source) && SUB.includes(target) && SUB.indexOf(target) < SUB.indexOf(source));

const drawWay = (edge) =>
  el('li', { class: 'way' }, `↩ ${stage(edge.source)} → ${stage(edge.target)}: ${edge.reason}`);

function drawTurn(turn, n, language) {
  const place = [stage(turn.stage), turn.channel === null ? null : `channel ${turn.channel + 1}`]
    .filter(Boolean)
    .join(' · ');
  const sentences = turn.sentences.map((sentence, at) => [
    at && (language !== 'zh' || turn.sentences[at - 1].strategy) ? ' ' : '',
    el('span', { lang: language }, sentence.text),
    sentence.strategy ? [' ', el('small', { class: 'strategy' }, sentence.strategy)] : null,
  ]);
  const head = el(
    'div',
    { class: 'who' },
    el('b', {}, turn.speaker),
    turn.speaker === 'counselor' && place ? el('span', {}, place) : null,
  );
  return el(
    'li',
    {
      class: `turn ${turn.speaker === 'client' ? 'client' : 'counselor'}`,
      id: `turn-${n}`,
      tabindex: '-1',
    },
    head,
    el('p', {}, sentences),
  );
}

/** The gauges after a client's message: only what moved by a point or more, and what was told. */
function drawReading(gauge, before) {
  const beliefs = gauge.beliefs.map((value, n) => [
    `belief ${n + 1}`,
    value,
    before ? before.beliefs[n] : undefined,
  ]);
  const needles = [
    ...NEEDLES.map((name) => [name, gauge[name], before ? before[name] : undefined]),
    ...beliefs,
  ];
  const moved = needles.filter(([, value, last]) => !isNumber(last) || Math.abs(value - last) >= 1);
  const texts = moved.map(
    ([name, value, last]) =>
      `${name} ${number(value, 0)}${isNumber(last) ? ` (${signed(value - last, 0)})` : ''}`,
  );
  if (gauge.told.length) texts.push(`tells ${gauge.told.map(words).join(', ')}`);
  if (gauge.pattern) texts.push(words(gauge.pattern));
  if (gauge.stand_in) texts.push(`stand-in: ${gauge.stand_in}`);
  return texts.length ? el('li', { class: 'reading' }, texts.join(' · ')) : null;
}

function drawVerdicts({ verdicts, language }) {
  return verdicts.map((verdict) => [
    el('h4', {}, `${data.scales[verdict.scale].name}, judged by ${verdict.judge}`),
    el(
      'dl',
      { class: 'verdict' },
      verdict.ratings.map((rating) => [
        el(
          'dt',
          {},
          el('span', {}, itemName(rating.item, verdict.scale)),
          el('strong', { class: rating.severity ? 'bad' : null }, scoreOf(rating, verdict)),
        ),
        el(
          'dd',
          {},
          rating.note ? el('p', {}, rating.note) : null,
          rating.evidence.map((evidence) => quoteOf(evidence, language)),
        ),
      ]),
    ),
  ]);
}

/** The score in words: yes or no in a flow of questions, with what is doubtful about it. */
function scoreOf(rating, verdict) {
  if (rating.score === null) return 'missing';
  const score =
    verdict.kind === 'flow' ? (rating.score >= 0.5 ? 'yes' : 'no') : number(rating.score, 1);
  const samples =
    (rating.samples || []).length > 1
      ? `of ${rating.samples.map((one) => number(one, 0)).join(', ')}`
      : null;
  const invented = rating.invented
    ? plural(rating.invented, 'quote never said', 'quotes never said')
    : null;
  return [score, rating.severity || null, samples, invented].filter(Boolean).join(' · ');
}

/** A quote that leads to the message it stands in. */
function quoteOf({ turn, quote }, language) {
  const go = (event) => {
    event.preventDefault();
    const message = document.getElementById(`turn-${turn}`);
    message.scrollIntoView({ block: 'center' });
    message.focus({ preventScroll: true });
  };
  return el(
    'p',
    { class: 'quote' },
    el('a', { href: `#turn-${turn}`, on: { click: go } }, `message ${turn + 1}`),
    ' ',
    el('q', { lang: language }, quote),
  );
}

function drawChannels({ channels, language }) {
  if (!channels.length) return null;
  const texts = (list) => el('span', { lang: language }, list.join(' / ') || BLANK);
  const rows = channels.map((one, n) => [
    n + 1,
    el('span', { lang: language }, one.thought),
    words(one.distortion) || BLANK,
    texts(one.case_for),
    texts(one.case_against),
    `${one.rating_before ?? BLANK} → ${one.rating_after ?? BLANK}`,
    one.shifted ? 'yes' : 'no',
    el('span', { lang: language }, one.balanced || BLANK),
  ]);
  return el(
    'details',
    { class: 'numbers' },
    el('summary', {}, `The counselor's formulation: ${plural(channels.length, 'channel')}`),
    table(
      'Channels as the counselor formulated them',
      [
        '',
        'thought',
        'distortion',
        'case for',
        'case against',
        'rating',
        'shifted',
        'balanced thought',
      ],
      rows,
      { class: 'left prose' },
    ),
  );
}

function drawMoods({ panas_sums: sums }) {
  const rows = Object.entries(sums).map(([reader, one]) => [
    reader,
    number(one.pa_before, 0),
    number(one.pa_after, 0),
    number(one.na_before, 0),
    number(one.na_after, 0),
  ]);
  const heads = [
    'PANAS by',
    ...['PA before', 'PA after', 'NA before', 'NA after'].map((name) => ({ name, num: true })),
  ];
  return el(
    'details',
    { class: 'numbers' },
    el('summary', {}, 'PANAS before and after'),
    table('PANAS sums of this session', heads, rows),
  );
}
