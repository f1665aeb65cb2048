import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { takePicture } from './pictures.ts';

/**
 * What a newcomer does in whichever shell: runs the films, looks into a failed batch, finds the ten films at fault, fixes the line,
 * sees them pass, runs what failed again, and sees the run complete. A picture of each state is left in test-results/pictures, to be looked at.
 */
export async function filmsJourney(page: Page, workspace: string, shell: 'browser' | 'desktop'): Promise<void> {
  const picture = async (state: string) => await takePicture(page, `${shell}-${state}`);
  await page
    .getByRole('region', { name: 'Workflows' })
    .getByRole('button', { name: /Clean up the film list/ })
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor({ timeout: 20_000 });
  await expect.poll(() => page.getByRole('region', { name: 'Run', exact: true }).innerText()).toContain('3,201 films');
  await picture('1-failed');

  await page.getByRole('tab', { name: 'Batches' }).click();
  const batches = page.getByRole('region', { name: 'Batches' });
  await batches.getByRole('button', { name: /failed 5/ }).click();
  await batches.getByRole('row', { name: 'Batch 0, failed' }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Error' }).click();
  await expect.poll(() => inspector.innerText()).toMatch(/trim is not a function[\s\S]*films\.ts:\d+/);
  expect(await inspector.getByRole('button', { name: 'Debug this batch' }).isEnabled()).toBe(true);
  await picture('2-error');

  const problems = page.getByRole('region', { name: 'Problems' });
  const dialog = page.getByRole('dialog');
  await problems.getByRole('button', { name: 'Find the items at fault' }).click();
  await problems.getByText('10 films are at fault, 490 wait with them').waitFor({ timeout: 60_000 });
  const strip = problems.getByRole('list', { name: 'From red to green' });
  expect(await strip.getByRole('button', { name: 'Re-run 5 batches' }).isEnabled()).toBe(false);
  await picture('3-found');

  mend(path.join(workspace, 'films.ts'));
  await strip.getByText('10 of 10 pass now').waitFor({ timeout: 60_000 });
  await expect
    .poll(() => strip.innerText())
    .toMatch(/Saved \d+ s ago[\s\S]*film\.Title\.trim\(\)[\s\S]*String\(film\.Title/);
  await picture('4-fixed');
  await strip.getByRole('button', { name: 'Re-run 5 batches' }).click();
  await expect.poll(() => dialog.innerText()).toMatch(/5 batches[\s\S]*28 batches[\s\S]*Changed since/);
  await picture('5-rerun');
  await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor({ timeout: 20_000 });
  await expect.poll(() => inspector.innerText()).toContain('Batch 0');
  await picture('6-completed');
  expect(
    await page
      .getByRole('region', { name: 'Runs' })
      .getByText(/^Run \d+/)
      .count(),
  ).toBe(1);
}

/** The one line that examples/films.ts tells its reader to change. */
function mend(file: string): void {
  const before = readFileSync(file, 'utf8');
  const after = before.replace(/film\.Title\.trim\(\)/, "String(film.Title ?? '').trim()");
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}
