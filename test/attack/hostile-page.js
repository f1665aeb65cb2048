/** Runs in a page of theirs. `ours` is the origin of our page. Each attempt says `read …` when it has got hold of something, and else how it was kept out. */
globalThis.attack = async ({ ours, token }) => {
  const socketUrl = `${ours.replace('http', 'ws')}/ws`;
  const within = async what =>
    await Promise.race([
      what,
      new Promise(resolve => {
        setTimeout(() => resolve('no answer'), 1_500);
      }),
    ]);
  const got = async (place, options) => {
    try {
      const answer = await fetch(ours + place, options);
      return answer.type === 'opaque' || answer.type === 'opaqueredirect'
        ? 'opaque'
        : `read ${(await answer.text()).slice(0, 40)}`;
    } catch {
      return 'refused';
    }
  };
  const element = async (tag, attributes) => {
    const made = Object.assign(document.createElement(tag), attributes);
    const over = new Promise(resolve => {
      made.addEventListener('load', () => {
        try {
          const inside = made.contentDocument?.body.innerHTML ?? '';
          resolve(
            inside === ''
              ? tag === 'iframe' || tag === 'object' || tag === 'embed'
                ? 'opaque'
                : 'read it loaded'
              : `read ${inside.slice(0, 40)}`,
          );
        } catch {
          resolve('opaque');
        }
      });
      made.addEventListener('error', () => resolve('refused'));
    });
    document.body.append(made);
    return await within(over);
  };
  const socket = async (url, protocols) =>
    await within(
      new Promise(resolve => {
        try {
          const made = new WebSocket(url, protocols);
          made.addEventListener('open', () => resolve('read it opened'));
          made.addEventListener('error', () => resolve('refused'));
        } catch {
          resolve('refused');
        }
      }),
    );
  const stream = async () =>
    await within(
      new Promise(resolve => {
        const made = new EventSource(`${ours}/`, { withCredentials: true });
        made.addEventListener('open', () => resolve('read it opened'));
        made.addEventListener('error', () => {
          made.close();
          resolve('refused');
        });
      }),
    );
  const frame = async url => {
    const made = Object.assign(document.createElement('iframe'), { name: 'held' });
    document.body.append(made);
    const form = Object.assign(document.createElement('form'), {
      method: 'post',
      action: url,
      target: 'held',
      enctype: 'text/plain',
    });
    const loaded = new Promise(resolve => {
      made.addEventListener('load', () => {
        try {
          if (made.contentWindow?.location.href !== 'about:blank')
            resolve(`read ${made.contentDocument?.body.innerHTML.slice(0, 40) ?? ''}`);
        } catch {
          resolve('opaque');
        }
      });
    });
    document.body.append(form);
    form.submit();
    return await within(loaded);
  };
  const popup = async url => {
    const made = open(url);
    if (!made) return 'refused';
    const found = await within(
      new Promise(resolve => {
        const look = setInterval(() => {
          try {
            if (!made.closed && made.location.href === 'about:blank') return;
            clearInterval(look);
            resolve(made.closed ? 'opaque' : `read ${made.document.body.innerHTML.slice(0, 40)}`);
          } catch {
            clearInterval(look);
            resolve('opaque');
          }
        }, 20);
      }),
    );
    made.close();
    return found;
  };
  const credentials = 'include';
  const call = '["q"]';
  const attempts = {
    fetch: got('/', { credentials }),
    'fetch without asking for permission': got('/', { credentials, mode: 'no-cors' }),
    'fetch of a script': got('/index.html', { credentials }),
    'fetch with a guess': got('/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', { credentials }),
    'fetch of the socket': got('/ws', { credentials }),
    'fetch with a header': got('/', { credentials, headers: { 'x-own': '1' } }),
    'fetch that is redirected': got(`/?token=${token}`, { credentials, redirect: 'manual' }),
    post: got('/', { method: 'POST', credentials, mode: 'no-cors', body: call }),
    'post of JSON': got('/', {
      method: 'POST',
      credentials,
      headers: { 'content-type': 'application/json' },
      body: call,
    }),
    delete: got('/', { method: 'DELETE', credentials }),
    image: element('img', { src: `${ours}/` }),
    script: element('script', { src: `${ours}/assets/app.js` }),
    module: element('script', { type: 'module', src: `${ours}/assets/app.js` }),
    style: element('link', { rel: 'stylesheet', href: `${ours}/index.html` }),
    frame: element('iframe', { src: `${ours}/` }),
    object: element('object', { data: `${ours}/` }),
    form: frame(`${ours}/`),
    stream: stream(),
    socket: socket(socketUrl, []),
    'socket with our protocol': socket(socketUrl, ['cronflow']),
    'socket with a guess': socket(socketUrl, ['cronflow', 'A'.repeat(43)]),
    'socket by its other name': socket(socketUrl.replace('127.0.0.1', 'localhost'), ['cronflow']),
    window: popup(`${ours}/`),
  };
  navigator.sendBeacon(`${ours}/`, call);
  return Object.fromEntries(
    await Promise.all(Object.entries(attempts).map(async ([what, attempt]) => [what, await attempt])),
  );
};
