import { defineConfig, type OxlintOverride } from 'oxlint';
import { ARROWS, PACKAGES } from './scripts/arrows.ts';

const folders = Object.keys(ARROWS) as (keyof typeof ARROWS)[];

/** What a folder may not import, as `no-restricted-imports` takes it. */
function restrictions(folder: keyof typeof ARROWS) {
  const allowed: readonly string[] = [folder, ...ARROWS[folder]];
  const isAllowed = (other: string) => allowed.some(name => other === name || other.startsWith(`${name}/`));
  const denied = folders.filter(other => !isAllowed(other));
  return {
    paths: PACKAGES.filter(({ onlyIn }) => !onlyIn.includes(folder)).flatMap(({ packages, why }) =>
      packages.map(name => ({
        name,
        message: why,
        allowTypeImports: name === 'better-sqlite3' && folder !== 'engine/run',
      })),
    ),
    patterns: [
      ...denied.map(other => ({
        // Inside engine/ and renderer/ the neighbour is `../run/…`; from elsewhere it is `…/engine/run/…`.
        group: sameHouse(folder, other) ? [`**/${other.split('/').at(-1)}/**`] : [`**/${other}/**`],
        message: `${folder} may not import ${other}: the allowed arrows stand in scripts/arrows.ts.`,
      })),
      ...(allowed.includes('host/api')
        ? [
            {
              group: [
                '**/host/**',
                '!**/host/api/api.ts',
                '!**/host/api/app-command.ts',
                '!**/host/api/protocol.ts',
                '!**/host/api/recording.ts',
                '!**/host/api/wire.ts',
              ],
              message: 'The page knows the host by its contract only: scripts/arrows.ts.',
            },
          ]
        : []),
      ...(folder.startsWith('renderer/') || folder === 'common'
        ? [{ group: ['node:*'], message: `${folder} runs in a browser, too.` }]
        : []),
    ],
  };
}

/** The host starts processes that execute the folder's code in one place, which asks whether the folder is trusted. */
function withoutRunners() {
  const { paths, patterns } = restrictions('host');
  const message =
    'A runner executes code of the open folder: start it with FolderGuard.startRunner, which asks for trust.';
  return {
    paths,
    patterns: [...patterns, { group: ['**/engine/runner/parent.ts'], importNames: ['startRunner'], message }],
  };
}

function sameHouse(folder: string, other: string): boolean {
  return folder.includes('/') && folder.split('/')[0] === other.split('/')[0];
}

const arrows = folders.map((folder): OxlintOverride => ({
  files: [`${folder}/**`],
  rules: { 'no-restricted-imports': ['error', restrictions(folder)] },
}));

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'import/no-cycle': 'error',
    'import/no-self-import': 'error',
    'no-console': 'off',
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'import/no-unassigned-import': 'off',
    'unicorn/no-array-sort': 'off',
    'promise/always-return': 'off',
    'no-shadow': 'off',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'no-unmodified-loop-condition': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/no-useless-spread': 'off',
    'vitest/expect-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/no-standalone-expect': 'off',
    'promise/no-multiple-resolved': 'off',
  },
  ignorePatterns: ['dist', 'out', 'test/fixtures'],
  overrides: [
    ...arrows,
    {
      files: ['engine/run/**'],
      rules: {
        'no-restricted-properties': ['error', { property: 'prepare', message: 'All SQL stands in engine/store.' }],
      },
    },
    {
      files: ['host/**'],
      rules: { 'no-restricted-imports': ['error', withoutRunners()] },
    },
    { files: ['host/trust/folder-guard.ts'], rules: { 'no-restricted-imports': ['error', restrictions('host')] } },
    {
      files: ['renderer/panels/graph/flow.ts'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            ...restrictions('renderer/panels'),
            paths: restrictions('renderer/panels').paths.filter(({ name }) => name !== '@xyflow/react'),
          },
        ],
      },
    },
    {
      files: ['electron/preload.ts'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: ['../**', 'node:*'],
                message:
                  'A preload script runs beside the page: it is a pipe and knows nothing of the host or of Node.',
              },
            ],
          },
        ],
      },
    },
    {
      files: [
        'test/types/**',
        'engine/workflow/types.ts',
        'engine/workflow/context-types.ts',
        'engine/workflow/option-types.ts',
        'engine/workflow/flow-types.ts',
        'engine/workflow/test-types.ts',
        'engine/program/shared-state-types.ts',
      ],
      rules: {
        'typescript/no-explicit-any': 'off',
        'typescript/ban-types': 'off',
        'typescript/no-empty-object-type': 'off',
      },
    },
  ],
});
