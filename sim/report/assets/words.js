// Numbers and names in words.

const BLANK = '–';
const MINUS = '\u2212';

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const plain = (value, digits) => value.toFixed(digits).replace('-', MINUS);
const number = (value, digits = 2) => (isNumber(value) ? plain(value, digits) : BLANK);
const count = (value) => (isNumber(value) ? value.toLocaleString('en-US') : BLANK);
const percent = (value) => (isNumber(value) ? `${Math.round(value * 100)}\u202f%` : BLANK);
const words = (id) => String(id).replaceAll('_', ' ');
const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

function signed(value, digits = 2) {
  if (!isNumber(value)) return BLANK;
  const text = plain(Math.abs(value), digits);
  if (Number(text) === 0) return text;
  return (value > 0 ? '+' : MINUS) + text;
}

/** A share that was counted: what happened at all is never said to be 0 %. */
const part = (n, whole) => (n > 0 && n / whole < 0.005 ? '< 1\u202f%' : percent(n / whole));

/** An interval as "low to high"; one without width (nobody ever dropped out) tells nothing. */
function range(interval, say = number) {
  if (
    !interval ||
    !isNumber(interval.low) ||
    !isNumber(interval.high) ||
    interval.low === interval.high
  )
    return BLANK;
  return `${say(interval.low)} to ${say(interval.high)}`;
}

const isShare = (measure) => measure.unit.startsWith('share');
const isChange = (measure) => measure.unit.includes('after minus before');

/** How the values of a measure are said: shares in per cent, changes with their sign. */
function sayer(measure) {
  if (isShare(measure)) return percent;
  return isChange(measure) ? (value) => signed(value, 1) : number;
}

/** How differences in a measure are said. */
const differer = (measure) =>
  isShare(measure)
    ? (value) => `${signed(value * 100, 0)}\u202fpp`
    : (value) => signed(value, isChange(measure) ? 1 : 2);

function pValue(p) {
  if (!isNumber(p)) return BLANK;
  return p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '');
}

/** A chance that was counted in some hundred resamples: never said to be 0 or 1. */
function chance(value) {
  if (!isNumber(value)) return BLANK;
  if (value < 0.005) return '< 1\u202f%';
  if (value > 0.995) return '> 99\u202f%';
  return percent(value);
}

const STAGES = {
  automatic_thoughts: '1a automatic thoughts',
  intermediate_beliefs: '1b intermediate beliefs',
  core_beliefs: '1c core beliefs',
  defense: '2a defense',
  prosecution: '2b prosecution',
  verdict: '2c verdict',
};
const stage = (id) => STAGES[id] || words(id);

const FINISHES = [
  'resolved',
  'counselor_ended',
  'client_ended',
  'dropped_out',
  'crisis_handoff',
  'turn_cap',
  'loop_detected',
  'error',
];
const byFinish = (a, b) => FINISHES.indexOf(a) - FINISHES.indexOf(b);

/** The name of an item; without a scale, of the CTRS. */
function itemName(id, scale) {
  const known = scale
    ? [data.scales[scale]]
    : Object.entries(data.scales)
        .filter(([name]) => name.startsWith('ctrs'))
        .map(([, one]) => one);
  return known.find((one) => one && id in one.items)?.items[id] || words(id);
}

const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sortedNames = (table) =>
  data.counselors.map((one) => one.name).filter((name) => name in table);
