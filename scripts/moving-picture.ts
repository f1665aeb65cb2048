import type { Page } from 'playwright';
import sharp from 'sharp';

const WIDTH = 1200;
/** Frames that come sooner after one another than this are left out: the picture stays small. */
const SHORTEST_MS = 90;
/** A busy machine paints seldom: a frame is not shown longer for that. */
const LONGEST_MS = 250;
/** The page draws itself in some frames after the data is there, and does not say when it is done. */
const SETTLE_MS = 1500;

interface Frame {
  readonly jpeg: Buffer;
  readonly at: number;
  /** Set where people need time to read. */
  readonly heldMs?: number;
}

/** What an element of the page has, as far as captions need it: this side is compiled without the types of a browser. */
interface Bar {
  id: string;
  ariaHidden: string | null;
  textContent: string | null;
  readonly style: object;
}

/** Records a page as an animated WebP: a frame for each time that the page is painted. */
export class MovingPicture {
  readonly #page: Page;
  readonly #frames: Frame[] = [];

  private constructor(page: Page) {
    this.#page = page;
  }

  static async record(page: Page): Promise<MovingPicture> {
    const picture = new MovingPicture(page);
    const chromium = await page.context().newCDPSession(page);
    chromium.on('Page.screencastFrame', ({ data, sessionId, metadata }) => {
      picture.#add({ jpeg: Buffer.from(data, 'base64'), at: (metadata.timestamp ?? 0) * 1000 });
      void chromium.send('Page.screencastFrameAck', { sessionId });
    });
    await chromium.send('Page.startScreencast', { format: 'jpeg', quality: 95 });
    return picture;
  }

  /** Shows a line of text over the page. The page's policy allows no style sheets but its own, so each style is set by itself. */
  async caption(text: string): Promise<void> {
    await this.#page.evaluate(shown => {
      const { document } = globalThis as unknown as {
        document: {
          querySelector(selector: string): Bar | null;
          createElement(tag: string): Bar;
          body: { append(element: Bar): void };
        };
      };
      let bar = document.querySelector('#caption');
      if (!bar) {
        bar = document.createElement('div');
        bar.id = 'caption';
        bar.ariaHidden = 'true';
        Object.assign(bar.style, {
          position: 'fixed',
          insetInline: '0',
          bottom: '24px',
          marginInline: 'auto',
          width: 'fit-content',
          padding: '10px 22px',
          borderRadius: '10px',
          background: '#f5f5f5',
          color: '#111',
          font: '600 22px system-ui, sans-serif',
          boxShadow: '0 4px 24px #000a',
          zIndex: '10000',
          pointerEvents: 'none',
        });
        document.body.append(bar);
      }
      bar.textContent = shown;
    }, text);
  }

  /** Shows what is there now for so long, that people can read it. */
  async hold(ms: number): Promise<void> {
    await this.#page.waitForTimeout(SETTLE_MS);
    const last = this.#frames.pop();
    if (last) this.#frames.push({ ...last, heldMs: ms });
  }

  async save(file: string): Promise<void> {
    const delay = this.#frames.map(({ at, heldMs }, index) => {
      const gap = (this.#frames[index + 1]?.at ?? at) - at;
      return heldMs ?? Math.round(Math.min(Math.max(gap, SHORTEST_MS), LONGEST_MS));
    });
    const images = this.#frames.map(({ jpeg }) => sharp(jpeg).resize({ width: WIDTH }).png().toBuffer());
    await sharp(await Promise.all(images), { join: { animated: true } })
      .webp({ quality: 80, effort: 6, loop: 0, delay })
      .toFile(file);
  }

  #add(frame: Frame): void {
    const last = this.#frames.at(-1);
    if (last && last.heldMs === undefined && frame.at - last.at < SHORTEST_MS)
      this.#frames.splice(-1, 1, { jpeg: frame.jpeg, at: last.at });
    else this.#frames.push(frame);
  }
}
