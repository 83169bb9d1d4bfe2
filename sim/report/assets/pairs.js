// Differences between counselors on the same clients.

function showDifferences() {
  const measures = data.statistics.measures.filter((one) => one.differences.length);
  if (!measures.length) return;
  const chosen = {
    measure: 0,
    counselor: data.counselors.length > 4 ? data.counselors[0].name : '',
  };
  const drawn = redrawn(() => drawDifferences(measures[chosen.measure], chosen.counselor));
  const change = (key) => (value) => {
    chosen[key] = value;
    drawn.show();
  };
  const names = [
    ['', 'all pairs'],
    ...data.counselors.map(({ name }) => [name, `${name} against the others`]),
  ];
  section(
    'differences',
    'Differences',
    'Each counselor against each other on the clients both have met. This, not the overlap of two intervals, says whether they differ.',
    el(
      'div',
      { class: 'choices' },
      choice(
        'Measure',
        measures.map((one, n) => [n, one.measure.name]),
        change('measure'),
        0,
      ),
      choice('Pairs', names, change('counselor'), chosen.counselor),
    ),
    drawn.place,
    el(
      'p',
      { class: 'note' },
      "Means of paired differences with 95 % intervals. p from flipping the signs of the clients' differences, corrected by Holm for all pairs of the measure. d_z: the mean in standard deviations of the clients' differences.",
    ),
  );
}

/** Turn a difference around, so that the chosen counselor stands first. */
function facing(row, name) {
  if (row.second !== name) return row;
  const { value, low, high } = row.mean;
  const flip = (x) => (isNumber(x) ? -x : x);
  return {
    ...row,
    first: row.second,
    second: row.first,
    wins: 1 - row.wins,
    effect: flip(row.effect),
    mean: { ...row.mean, value: flip(value), low: flip(high), high: flip(low) },
  };
}

function drawDifferences({ measure, differences }, name) {
  const rows = differences
    .filter((row) => !name || row.first === name || row.second === name)
    .map((row) => facing(row, name))
    .sort((a, b) => b.mean.value - a.mean.value)
    .map((row) => ({
      name: name ? row.second : `${row.first} ${MINUS} ${row.second}`,
      interval: row.mean,
      more: [
        pValue(row.p_holm),
        signed(row.effect),
        percent(measure.better > 0 ? row.wins : 1 - row.wins),
      ],
    }));
  const columns = [
    { name: 'p (Holm)', num: true },
    { name: 'd_z', num: true, wide: true },
    { name: 'better with', num: true, wide: true },
  ];
  const options = {
    what: name ? `${name} against` : 'pair',
    zero: true,
    value: 'difference',
    say: differer(measure),
    tick: isShare(measure) ? (mark) => plain(mark * 100, 0) : undefined,
  };
  return dotTable(`${measure.name}: differences`, rows, columns, options);
}
