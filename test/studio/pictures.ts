import path from 'node:path';
import type { Page } from 'playwright';

/* Pictures of what a test has come to, in test-results/pictures, to be looked at. */

const PICTURES = path.resolve(import.meta.dirname, '../../test-results/pictures');

export async function takePicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
}

/** One in light and one in dark, of each size in CSS pixels. The last ones stay. */
export async function takePictures(
  page: Page,
  name: string,
  sizes: readonly (readonly [width: number, height: number])[] = [],
): Promise<void> {
  for (const size of sizes.length > 0 ? sizes : [undefined]) {
    if (size) await page.setViewportSize({ width: size[0], height: size[1] });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await takePicture(page, `${name}${size ? `-${size[0]}` : ''}-${colorScheme}`);
    }
  }
}
