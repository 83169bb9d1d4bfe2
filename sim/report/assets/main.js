// The page in the order it is read.

const data = JSON.parse(document.getElementById('figures').textContent);

function showHead() {
  const { statistics, runs, counselors, warnings } = data;
  const voices = [...new Set(counselors.map((one) => one.voice))];
  const facts = [
    plural(counselors.length, 'counselor'),
    plural(statistics.clients, 'client'),
    plural(statistics.seeds.length, 'seed'),
    plural(data.episodes.key.length, 'session'),
    runs.length > 1 ? plural(runs.length, 'run') : null,
    voices.length === 1 ? `voice ${voices[0]}` : `${voices.length} voices`,
    `judged by ${statistics.judges.join(', ') || 'nobody'}`,
  ].filter(Boolean);
  document
    .getElementById('head')
    .append(
      el('p', { class: 'facts-line' }, facts.join(' · ')),
      el('p', { class: 'notice' }, data.notice),
    );
  if (warnings.length) {
    document.getElementById('main').append(
      el(
        'aside',
        { class: 'warnings', 'aria-label': 'Warnings' },
        el('h2', {}, 'Before you believe it'),
        el(
          'ul',
          {},
          warnings.map((text) => el('li', {}, text)),
        ),
      ),
    );
  }
}

const PARTS = [
  showHead,
  showLeaderboard,
  showRanking,
  showDifferences,
  showAffect,
  showItems,
  showSafety,
  showScales,
  showCourse,
  showStay,
  showFlow,
  showGroups,
  showNoise,
  showAudit,
  showBrowser,
  showSettings,
];
for (const show of PARTS) show();
follow();
window.addEventListener('hashchange', follow);
document.body.dataset.ready = 'true';
