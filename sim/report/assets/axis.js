// Dots with whiskers in a table: one small drawing per row, all on the scale of the column's head.

const EDGE = 3; // per cent of the width left free at both sides

/** A scale over all values and interval ends, with round ticks. */
function makeScale(values, { from, to, ticks = 4 } = {}) {
  const there = values.filter(isNumber);
  let low = from ?? Math.min(...there);
  let high = to ?? Math.max(...there);
  if (!(high > low)) [low, high] = [low - 1, low + 1];
  const step = roundStep((high - low) / ticks);
  low = from ?? Math.floor(low / step + 1e-9) * step;
  high = to ?? Math.ceil(high / step - 1e-9) * step;
  const marks = [];
  for (let mark = Math.ceil(low / step - 1e-9) * step; mark <= high + step * 1e-6; mark += step)
    marks.push(Math.abs(mark) < step * 1e-6 ? 0 : mark);
  const place = (value) => EDGE + ((value - low) / (high - low)) * (100 - 2 * EDGE);
  return { low, high, marks, place, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find((factor) => factor * power >= rough - 1e-12) * power;
}

const scaleOf = (intervals, options) =>
  makeScale(
    intervals.filter(Boolean).flatMap((one) => [one.value, one.low, one.high]),
    options,
  );

/** The ticks of a scale, for the head of a column. */
function axisHead(scale, say) {
  const texts = scale.marks.map((mark) =>
    svg('text', { x: `${scale.place(mark)}%`, y: 13, 'text-anchor': 'middle' }, say(mark)),
  );
  return svg('svg', { class: 'axis', height: 18, 'aria-hidden': 'true' }, texts);
}

/** One value with its interval; the words stand in the cells beside it. */
function dotRow(scale, interval, { zero = false, first = false } = {}) {
  const grid = scale.marks.map((mark) =>
    svg('line', {
      class: zero && mark === 0 ? 'zero' : 'grid',
      x1: `${scale.place(mark)}%`,
      x2: `${scale.place(mark)}%`,
      y1: 0,
      y2: '100%',
    }),
  );
  const parts = [];
  if (interval && isNumber(interval.value)) {
    if (isNumber(interval.low))
      parts.push(
        svg('line', {
          class: 'whisker',
          x1: `${scale.place(interval.low)}%`,
          x2: `${scale.place(interval.high)}%`,
          y1: '50%',
          y2: '50%',
        }),
      );
    parts.push(
      svg('circle', { class: 'dot', cx: `${scale.place(interval.value)}%`, cy: '50%', r: 4.5 }),
    );
  }
  return svg('svg', { class: first ? 'dots first' : 'dots', 'aria-hidden': 'true' }, grid, parts);
}

/**
 * Rows {name, interval, more: [cells]} as a table with dots; `columns` heads the further cells.
 * Options: say (words for a number), zero (mark 0), from and to (ends of the scale),
 * lead (mark the first row), what and value (heads of the first and third column).
 */
function dotTable(caption, rows, columns = [], options = {}) {
  const say = options.say || number;
  const scale = scaleOf(
    rows.map((row) => row.interval),
    options,
  );
  const tick = options.tick || ((value) => plain(value, scale.digits));
  const heads = [
    { name: options.what || 'counselor', class: 'name' },
    { name: caption, head: axisHead(scale, tick), class: 'plot' },
    { name: 'mean', head: options.value || 'mean', num: true },
    { name: '95 % interval', num: true, wide: true },
    ...columns,
  ];
  const cells = rows.map((row, n) => [
    row.name,
    dotRow(scale, row.interval, { zero: options.zero, first: options.lead && n === 0 }),
    [
      el('strong', {}, row.interval ? say(row.interval.value) : BLANK),
      el('small', { class: 'range slim' }, range(row.interval, say)),
    ],
    range(row.interval, say),
    ...(row.more || []),
  ]);
  return table(caption, heads, cells, { class: 'dotted' });
}
