// Who leads, by how much, and how sure that is.

const standingsOf = (measure) =>
  measure.standings.map((row) => ({ ...row, name: row.counselor, interval: row.mean }));

/** The first two compared in a sentence; nothing is said to be better that cannot be told apart. */
function sumUp(measure) {
  const [best, next] = measure.standings.filter((row) => row.mean);
  if (!best) return 'No CTRS rating was given.';
  const mean = `${number(best.mean.value)} (${range(best.mean)})`;
  if (!next) return `${best.counselor} has a mean CTRS of ${mean}.`;
  const pair = measure.differences.find(
    (row) =>
      [row.first, row.second].includes(best.counselor) &&
      [row.first, row.second].includes(next.counselor),
  );
  if (!pair)
    return `${best.counselor} has the highest mean CTRS, ${mean}; it shares too few clients with ${next.counselor} to be compared.`;
  const lead = Math.abs(pair.mean.value);
  const test = `Holm-corrected p ${pair.p_holm < 0.001 ? '' : '= '}${pValue(pair.p_holm)}`;
  if (pair.p_holm < 0.05)
    return `${best.counselor} leads with a mean CTRS of ${mean}, ${number(lead)} points ahead of ${next.counselor} on the same clients (${test}).`;
  return `${best.counselor} has the highest mean CTRS, ${mean}, but cannot be told apart from ${next.counselor} (${number(lead)} points, ${test}).`;
}

function showLeaderboard() {
  const { measures, seeds, forms } = data.statistics;
  const [main, ...rest] = measures;
  const worst = {
    name: seeds.length > 1 ? `worst of ${seeds.length}` : 'worst',
    num: true,
    wide: true,
  };
  const columns = [
    worst,
    { name: 'episodes', num: true, wide: true },
    { name: 'missing', num: true, wide: true },
  ];
  const rows = standingsOf(main).map((row) => ({
    ...row,
    more: [number(row.worst), count(row.episodes), count(row.missing)],
  }));
  section(
    'leaderboard',
    'Leaderboard',
    sumUp(main),
    el('h3', {}, 'CTRS ', el('small', {}, main.measure.unit)),
    dotTable('CTRS, mean of the items', rows, columns, { lead: true }),
    el(
      'p',
      { class: 'note' },
      `Dots are means over clients, whiskers 95 % intervals: ${plural(forms, 'intake form')} resampled, all episodes of a form together. Worst: the mean over clients of each one\'s worst seed. Intervals of single counselors may overlap where the paired difference is clear; see Differences.`,
    ),
    el('div', { class: 'grid' }, rest.map(showMeasure)),
  );
}

function showMeasure({ measure, standings }) {
  const share = isShare(measure);
  const options = {
    say: sayer(measure),
    tick: share ? (mark) => `${Math.round(mark * 100)}` : undefined,
    zero: isChange(measure),
    from: share ? 0 : undefined,
  };
  const direction = measure.better > 0 ? 'more is better' : 'less is better';
  return el(
    'div',
    {},
    el('h3', {}, measure.name, ' ', el('small', {}, `${measure.unit}; ${direction}`)),
    standings.some((row) => row.mean)
      ? dotTable(measure.name, standingsOf({ standings }), [], options)
      : el('p', { class: 'note' }, 'Not measured.'),
  );
}

function showRanking() {
  const { ranking, pairs_by: by } = data.statistics;
  if (!ranking) return;
  const rows = ranking.ranked.map((row) => ({
    name: `${row.rank}. ${row.counselor}`,
    interval: row.strength,
    more: [
      row.rank_low === row.rank_high ? row.rank_low : `${row.rank_low}–${row.rank_high}`,
      chance(row.best),
    ],
  }));
  const columns = [
    { name: 'ranks (95\u202f%)', num: true },
    { name: 'P(best)', num: true },
  ];
  section(
    'ranking',
    'Ranking',
    `Bradley–Terry with ties, fitted to ${plural(ranking.comparisons, 'comparison')} of two sessions with the same client and seed (${plural(ranking.ties, 'tie')}), decided by ${by}.${saySampling(data.statistics.comparisons)}`,
    dotTable('strength', rows, columns, {
      zero: true,
      lead: true,
      value: 'strength',
      say: (value) => signed(value),
    }),
    el(
      'p',
      { class: 'note' },
      'Strength in log-odds against the mean of all. The range of ranks and the chance of being best come from resampling clients.',
    ),
    showMatrix(),
    showPositions(),
  );
}

function saySampling({ adaptive, drawn, possible }) {
  if (isNumber(adaptive))
    return ` The sampling was adaptive: ${count(drawn)} of ${count(possible)} pairs were drawn, the most telling ones, so the intervals are approximate.`;
  return isNumber(drawn) && drawn < possible
    ? ` Only ${count(drawn)} of ${count(possible)} pairs were compared.`
    : '';
}

/** How far a pairwise judge looks at the place instead of the session. */
function showPositions() {
  const { positions } = data.statistics.comparisons;
  if (!positions || !positions.length) return null;
  const share = (interval) =>
    interval ? `${percent(interval.value)} (${range(interval, percent)})` : BLANK;
  const rows = positions.map((row) => [
    row.judge,
    count(row.pairs),
    share(row.consistency),
    share(row.first),
    count(row.missing),
  ]);
  const heads = [
    'judge',
    ...['pairs', 'same in both orders', 'first chosen', 'missing'].map((name) => ({
      name,
      num: true,
    })),
  ];
  return [
    el('h3', {}, 'Position'),
    table('Position of the pairwise judges', heads, rows),
    el(
      'p',
      { class: 'note' },
      'Every pair was shown in both orders; where the answer changed with the order it counts as a tie. First chosen: share of all choices, ties left out; 50 % is even.',
    ),
  ];
}

function showMatrix() {
  const { comparisons, counselors, ranking } = data.statistics;
  const names = ranking.ranked.map((row) => row.counselor);
  const at = names.map((name) => counselors.indexOf(name));
  const share = (i, j) => {
    const [won, tied, lost] = [
      comparisons.wins[i][j],
      comparisons.ties[i][j],
      comparisons.wins[j][i],
    ];
    const played = won + tied + lost;
    return { played, won, tied, lost, share: played ? (won + tied / 2) / played : null };
  };
  const cell = (i, j) => {
    if (i === j) return el('span', { class: 'tile empty' }, '·');
    const found = share(i, j);
    if (!found.played) return el('span', { class: 'tile empty' }, BLANK);
    return el(
      'span',
      {
        class: 'tile',
        style: { '--tint': `${Math.round(Math.max(0, found.share - 0.5) * 124)}%` },
        title: `${found.won} won, ${found.tied} tied, ${found.lost} lost`,
      },
      percent(found.share),
    );
  };
  const rows = at.map((i, n) => [names[n], ...at.map((j) => cell(i, j))]);
  return [
    el('h3', {}, 'Who beats whom'),
    table(
      'Share of comparisons that the row won against the column',
      ['', ...names.map((name) => ({ name, num: true }))],
      rows,
      { class: 'matrix' },
    ),
    el(
      'p',
      { class: 'note' },
      'Share of comparisons that the row won against the column, ties counting half; over 50 % tinted.',
    ),
  ];
}
