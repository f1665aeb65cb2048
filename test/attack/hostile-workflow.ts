/*
 * A workflow whose every text is what a page could be made to run, a terminal to obey, or a line to be read the wrong way
 * round, and whose values are as deep, as long and as many as they may be.
 */

/** Runs `window.__pwned = 1` wherever it is taken for more than text. */
const MARKUP = `<img src=x onerror="window.__pwned=1"><script>window.__pwned=1</script><svg onload="window.__pwned=1"></svg><a href="javascript:window.__pwned=1">x</a>"' onmouseover=window.__pwned=1 </textarea></title></style>{{__pwned=1}}`;
/** Would turn around what stands after it, colour a terminal, or is half a character. */
const TURNED = '\u001b[31mred\u001b[0m\u001b]0;owned\u0007 \u202eturned\u2066 \u061c\u200f\u2028half \ud83d';
export const HEBREW = 'שלום 12 עולם';
export const HOSTILE = `${HEBREW} ${MARKUP} ${TURNED}`;

/** A name of a file that Linux and Macs allow. */
export const FILE_NAME = 'ש <img src=x onerror=__pwned=1> \u202ets.exe';

export const WORKFLOW = `import { cronflow } from 'cronflow';
const text = ${JSON.stringify(HOSTILE)}, well = text.toWellFormed().replaceAll('/', '|'), long = 'W'.repeat(100_000);
const deep = levels => { let value = text; for (let level = 0; level < levels; level++) value = { [text]: [value] }; return value; };
const explain = () => text;
cronflow.define({ id: 'hostile ' + well, name: text + long, description: text + long })
  .step({ id: 'constructor', title: 'First ' + text, description: text + long }, ctx => {
    console.log(text);
    console.error(text + long);
    for (let line = 0; line < 500; line++) console.warn(text + line);
    console.log('x'.repeat(10_000_000));
    ctx.state.set(well, text);
    ctx.state.set(well + long.slice(0, 5_000), text + long);
    ctx.state.set('__proto__', { text });
    return { text, long: 'y'.repeat(10_000_000) };
  })
  .step({ id: 'deep', title: text, explain }, () => deep(200))
  .step({ id: 'many' }, () => Array.from({ length: 100_000 }, (_, index) => (index % 1_000 === 0 ? text : index)))
  .if('if ' + well, () => true).step('inside ' + well, () => text).endIf()
  .batch({ id: 'batch ' + well, title: 'Batches ' + text + long, description: text, unit: [text, text + long], explain }, { items: Array.from({ length: 40 }, (_, index) => ({ [text]: text + index, long: index === 0 ? long : '' })), size: 1, concurrency: 40, retry: { attempts: 2, backoff: { delay: 1 } } }, (batch, flow) => {
    flow.step({ id: 'count ' + well, title: text }, async ctx => {
      const before = ctx.state.get('n ' + well, 0);
      await new Promise(resolve => setTimeout(resolve, 5));
      ctx.state.set('n ' + well, before + 1);
      console.log(text);
      return { text };
    });
    flow.step({ id: 'fail ' + well, title: 'Fails ' + text }, () => {
      const index = Number(Object.values(batch[0])[0].at(-1));
      if (index === 3) throw Object.assign(new TypeError(text + long, { cause: new Error(text) }), { name: text });
      if (index === 5) throw new Error('another ' + text);
      return text;
    });
  })
  .step({ id: 'last', title: text }, () => text);
`;

/** A file that cannot be loaded, for reasons of its own choosing. */
export const BROKEN = `import { cronflow } from 'cronflow';\nthrow new Error(${JSON.stringify(HOSTILE)} + 'W'.repeat(1_000_000));\ncronflow.define({ id: 'never' });\n`;
