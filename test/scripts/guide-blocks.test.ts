import { expect, test } from 'vitest';
import { blocksOf, ownFault } from '../../scripts/guide-blocks.ts';

/* What scripts/cronflow-guide.ts makes of a page of Cronflow's documentation: the figures of docs/from-cronflow.md rest on it. */

const page = (...codes: string[]) => codes.map(code => `# A\n\n\`\`\`typescript\n${code}\n\`\`\`\n`).join('');

test('a block that stands alone is left as it is', () => {
  const code = "import { cronflow } from 'cronflow';\nconst workflow = cronflow.define({ id: 'a' });\n";
  expect(blocksOf('triggers', page(code))).toEqual([{ file: 'triggers-00.ts', code: `${code}\n` }]);
});

test('a block is given what it lacks: imports, and the workflow that it adds to', () => {
  const [first, second, third] = blocksOf(
    'steps',
    page(
      "workflow.step('a', () => 1);",
      'const other = cronflow.define({ id: z.string() });',
      'const workflow = make();',
    ),
  );
  expect(first?.code).toBe(
    "import { cronflow } from 'cronflow';\nconst workflow = cronflow.define({ id: 'block-steps-00' });\nworkflow.step('a', () => 1);\n",
  );
  expect(second?.code).toMatch(/^import \{ cronflow \} from 'cronflow';\nimport \{ z \} from 'zod';\nconst other/);
  expect(third?.code).toMatch(/^import \{ cronflow \} from 'cronflow';\nconst workflow = make/);
});

test('a refusal is the fault of the block where it could not run alone in Cronflow either', () => {
  expect(
    [
      'a-01.ts:3:1 has a syntax error: Unexpected token.',
      'a-01.ts:4:15 threw while it was loaded: ReferenceError: rateLimit is not defined. Code outside',
      'a-01.ts:3 imports "koa", which is not installed.',
      'a-01.ts:10:10: Two steps are named "process-data"; the first is in line 4.',
      'a-01.ts:7:16: flow has no member "test". Did you mean "last"?',
      'a-01.ts:7:16: step "a" has no option "cache". It knows retry.',
    ].map(ownFault),
  ).toEqual([
    'a syntax error',
    'a name that is not defined',
    'a package that is not installed',
    'two steps or workflows of one name',
    undefined,
    undefined,
  ]);
});
