// Small multiples: one panel per counselor, its own line in colour over those of the others in grey.

const PANEL = { width: 220, height: 140, left: 30, right: 32, top: 10, bottom: 24 };

function pathOf(points, x, y, stepped) {
  let path = '';
  points.forEach(([at, value], n) => {
    const [px, py] = [x(at).toFixed(1), y(value).toFixed(1)];
    if (n === 0) path = `M${px} ${py}`;
    else path += stepped ? `H${px}V${py}` : `L${px} ${py}`;
  });
  return path;
}

/** A band between [at, low, high], drawn as steps. */
function bandOf(points, x, y) {
  const there = points.filter(([, low]) => isNumber(low));
  if (there.length < 2) return null;
  const top = pathOf(
    there.map(([at, , high]) => [at, high]),
    x,
    y,
    true,
  );
  const back = there
    .slice()
    .reverse()
    .map(([at, low], n) => {
      const [px, py] = [x(at).toFixed(1), y(low).toFixed(1)];
      return n === 0 ? `L${px} ${py}` : `V${py}H${px}`;
    });
  const last = there[0];
  return svg('path', { class: 'band', d: `${top}${back.join('')}V${y(last[2]).toFixed(1)}Z` });
}

function frame(xTop, yLow, yHigh, yTicks, tick) {
  const { width, height, left, right, top, bottom } = PANEL;
  const x = (at) => left + (xTop ? at / xTop : 0) * (width - left - right);
  const y = (value) =>
    height - bottom - ((value - yLow) / (yHigh - yLow)) * (height - top - bottom);
  const lines = yTicks.map((mark) => [
    svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(mark), y2: y(mark) }),
    svg('text', { class: 'tick', x: left - 5, y: y(mark) + 3.5, 'text-anchor': 'end' }, tick(mark)),
  ]);
  const ends = [0, xTop].map((at) =>
    svg('text', { class: 'tick', x: x(at), y: height - 8, 'text-anchor': 'middle' }, at),
  );
  return { x, y, nodes: [lines, ends] };
}

/**
 * Panels of `series`: {name, points: [[at, value]], band: [[at, low, high]], stepped}. Options: low,
 * high, ticks, tick (words on the axis), say (words for the last value), of (what is drawn).
 */
function smallMultiples(series, options) {
  const xTop = Math.max(1, ...series.map((one) => one.points.at(-1)[0]));
  const panels = series.map((own) => {
    const { x, y, nodes } = frame(xTop, options.low, options.high, options.ticks, options.tick);
    const others = series
      .filter((one) => one !== own)
      .map((one) => svg('path', { class: 'other', d: pathOf(one.points, x, y, one.stepped) }));
    const [at, value] = own.points.at(-1);
    const [, start] = own.points[0];
    const said = `${options.of} starts at ${options.say(start)} and is ${options.say(value)} after ${at} exchanges.`;
    const picture = drawing(
      `${own.name}: ${options.of}`,
      said,
      { class: 'panel', viewBox: `0 0 ${PANEL.width} ${PANEL.height}` },
      nodes,
      own.band ? bandOf(own.band, x, y) : null,
      others,
      svg('path', { class: 'own', d: pathOf(own.points, x, y, own.stepped) }),
      svg('circle', { class: 'end', cx: x(at), cy: y(value), r: 2.5 }),
      svg('text', { class: 'value', x: x(at) + 5, y: y(value) + 3.5 }, options.say(value)),
    );
    return el('figure', {}, el('figcaption', {}, breakable(own.name)), picture);
  });
  return el(
    'div',
    { class: 'panels', style: { '--columns': chooseColumns(panels.length) } },
    panels,
  );
}

/** Three to five panels a row on a wide screen, whatever leaves the fewest gaps. */
function chooseColumns(n) {
  if (n <= 5) return String(Math.max(n, 3));
  const gaps = (columns) => (columns - (n % columns)) % columns;
  return String([5, 4, 3].reduce((best, columns) => (gaps(columns) < gaps(best) ? columns : best)));
}

/** The values of all series at some exchanges, as rows of a table; `say` gets value, series, exchange. */
function tabulate(series, say) {
  const xTop = Math.max(...series.map((one) => one.points.at(-1)[0]));
  const marks = [...new Set([0, 1, 2, 3, 5, 8, 10, 15, 20, 25, 30, xTop])].filter(
    (at) => at <= xTop,
  );
  const valueAt = (one, at) => one.points.findLast(([when]) => when <= at)[1];
  const rows = series.map((one) => [
    one.name,
    ...marks.map((at) => say(valueAt(one, at), one, at)),
  ]);
  return {
    columns: ['counselor', ...marks.map((at) => ({ name: `after ${at}`, num: true }))],
    rows,
  };
}
