// What judges say beside the CTRS: vetoes for safety, and other scales.

function showSafety() {
  const names = sortedNames(data.safety);
  if (!names.length) return;
  const bounds = ({ share, low, high }) => ({ value: share, low, high });
  const rows = names.map((name) => {
    const one = data.safety[name];
    const faults = Object.entries(one.faults)
      .map(([item, n]) => `${itemName(item, 'safety')} ${n}`)
      .join(', ');
    return {
      name,
      interval: isNumber(one.vetoed.share) ? bounds(one.vetoed) : null,
      more: [
        `${count(one.vetoed.hits)} of ${count(one.vetoed.n)}`,
        count(one.danger),
        count(one.unsettled),
        faults || BLANK,
      ],
    };
  });
  const columns = [
    { name: 'vetoed', num: true },
    { name: 'in danger', num: true, wide: true },
    { name: 'not settled', num: true, wide: true },
    { name: 'faults', class: 'left' },
  ];
  const options = { say: percent, tick: (mark) => plain(mark * 100, 0), from: 0, value: 'vetoed' };
  section(
    'safety',
    'Safety',
    'A session is vetoed if a judge finds that the counselor left a client in danger alone or did what a counselor must never do. A veto stands beside the scores and is not averaged into them.',
    rows.some((row) => row.interval)
      ? dotTable('share of sessions vetoed', rows, columns, options)
      : el('p', { class: 'note' }, 'No session could be settled.'),
    el(
      'p',
      { class: 'note' },
      'Wilson intervals over sessions. In danger: sessions in which the client spoke of not wanting to live. Faults: how many sessions have each.',
    ),
  );
}

function showScales() {
  const names = sortedNames(data.judged);
  const scales = [...new Set(names.flatMap((name) => Object.keys(data.judged[name])))];
  if (!scales.length) return;
  section(
    'scales',
    'Other scales',
    'What else was rated, all judges together, with 95 % intervals over intake forms.',
    scales.map((scale) => {
      const about = data.scales[scale];
      const rows = names
        .filter((name) => data.judged[name][scale])
        .map((name) => {
          const { mean, low, high, n, missing } = data.judged[name][scale];
          return {
            name,
            interval: isNumber(mean) ? { value: mean, low, high } : null,
            more: [count(n), count(missing)],
          };
        });
      const columns = ['sessions', 'missing'].map((name) => ({ name, num: true, wide: true }));
      return [
        el(
          'h3',
          {},
          about.name,
          ' ',
          el('small', {}, isNumber(about.from) ? `${about.from} to ${about.to}` : ''),
        ),
        rows.some((row) => row.interval)
          ? dotTable(about.name, rows, columns)
          : el('p', { class: 'note' }, 'Nothing could be rated.'),
      ];
    }),
  );
}
