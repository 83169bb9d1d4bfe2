// Sessions lie packed in the page, some twenty together; a page is unpacked when one of it is opened.

const unpacked = new Map();

function unpack(id) {
  if (!unpacked.has(id)) {
    unpacked.set(id, unzip(id));
    if (unpacked.size > 40) unpacked.delete(unpacked.keys().next().value);
  }
  return unpacked.get(id);
}

async function unzip(id) {
  if (typeof DecompressionStream === 'undefined') {
    throw new Error(
      'This browser cannot unpack the sessions (it has no DecompressionStream). Any browser from 2023 on can; the figures above are complete.',
    );
  }
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) =>
    letter.charCodeAt(0),
  );
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

async function loadEpisode(n) {
  const size = data.episodes.per_page;
  return (await unpack(`episodes-${Math.floor(n / size)}`))[n % size];
}

async function loadClient(n) {
  const size = data.episodes.clients_per_page;
  return (await unpack(`clients-${Math.floor(n / size)}`))[n % size];
}
