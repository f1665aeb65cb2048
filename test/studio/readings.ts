import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * A workspace with one workflow: 400 readings of three stations, two a batch. One of `every` readings has a reading without a value and fails,
 * until the file `mended` is there; then only those of station K-114 fail.
 */
export function readingsWorkspace(folder: string, every = 40): string {
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  if (!existsSync(path.join(folder, 'node_modules')))
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  writeFileSync(
    path.join(workspace, 'readings.ts'),
    `import { existsSync } from 'node:fs';
import { cronflow } from 'cronflow';

interface Reading {
  station: string;
  at: number;
  value: number | null;
}

const STATIONS = ['K-117', 'M-002', 'K-114'];

const readings: Reading[] = Array.from({ length: 400 }, (_, at) => ({
  station: STATIONS[Math.floor(at / 2) % 3] ?? '',
  at,
  value: at % ${every} === 7 ? null : at,
}));

cronflow
  .define({ id: 'readings', name: 'Import the readings' })
  .batch(
    {
      id: 'import',
      title: 'Import',
      unit: ['reading', 'readings'],
      label: (reading: Reading) => reading.station,
    },
    { items: () => readings, size: 2, concurrency: 4 },
    (batch, flow) => {
      flow
        .step(
          { id: 'tidy', title: 'Tidy' },
          () => {
            const isMended = existsSync(new URL('mended', import.meta.url));
            for (const { station, value } of batch)
              if (value === null && (!isMended || station === 'K-114')) throw new Error(\`\${station} sent no value\`);
            return { total: batch.reduce((sum, { value }) => sum + (value ?? 0), 0) };
          },
          { pure: true },
        )
        .step({ id: 'save', title: 'Save' }, ctx => ({ rows: batch.length, total: ctx.last.total }), { pure: true });
    },
  );
`,
  );
  return workspace;
}
