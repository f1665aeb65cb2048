import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { notBuilt } from '../../cli/package-root.ts';

const root = mkdtempSync(path.join(tmpdir(), 'cronflow-not-built-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a checkout is told to build, in its own folder; an installed package, which cannot build, to install again', () => {
  const checkout = path.join(root, 'checkout');
  mkdirSync(checkout);
  writeFileSync(path.join(checkout, 'vite.config.ts'), '');
  expect(notBuilt('The page', 'out/renderer', checkout)).toBe(
    `The page has not been built. Build it in Cronflow's folder: npm run build --prefix ${checkout}`,
  );
  const installed = path.join(root, 'node_modules', 'cronflow');
  expect(notBuilt('The page', 'out/renderer', installed)).toBe(
    `The page is missing from this installation of Cronflow (${path.join(installed, 'out/renderer')}). Install Cronflow again.`,
  );
});
