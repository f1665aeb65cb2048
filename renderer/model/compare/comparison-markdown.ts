import { clock, duration, locationText, number } from '../../../common/format.ts';
import { statusWord } from '../../../common/status.ts';
import { fenced, inline } from '../markdown.ts';
import { byText, codeLines, hiddenText, originText, sideText, stepText } from './compare-words.ts';
import type { CodeCell, Comparison, OutputCell } from './comparison.ts';
import type { InputCell } from './input-cells.ts';

/** A comparison as text for an issue or a chat: a table of what differs, and below it the code. */
export function comparisonMarkdown(
  comparison: Comparison,
  {
    where,
    sentence,
    titleOf,
  }: { readonly where: string; readonly sentence: string; readonly titleOf: (path: string) => string },
): string {
  const { columns, input, steps, code, logs } = comparison;
  const shown = steps.filter(({ isSame }) => !isSame);
  const rows = [
    [
      '',
      ...columns.map(({ attempt, status, startedAt, ms }) =>
        [
          `Attempt ${number(attempt)}: ${statusWord(status)}`,
          startedAt !== undefined && clock(startedAt),
          ms !== undefined && duration(ms),
        ]
          .filter(part => part !== false)
          .join(', '),
      ),
    ],
    ...(input.isSame ? [] : [['Input', ...input.cells.map(inputText)]]),
    ...shown.flatMap(({ path, steps: cells, outputs }) => [
      [
        titleOf(path),
        ...cells.map(cell =>
          [stepText(cell), cell.ms === undefined ? '' : duration(cell.ms)].filter(Boolean).join(', '),
        ),
      ],
      ['output', ...outputs.map(outputText)],
    ]),
    ...(logs.differ > 0
      ? [
          [
            'Log',
            ...logs.cells.map(({ lines }) =>
              lines.map(({ level, text }) => (level === 'info' ? text : `${level}: ${text}`)).join('; '),
            ),
          ],
        ]
      : []),
  ].map(cells => `| ${cells.map(inline).join(' | ')} |`);
  const [head = '', ...body] = rows;
  const hidden = hiddenText(comparison.hidden);
  const parts = [
    `**${inline(where)}**`,
    inline(sentence),
    [head, `|${' - |'.repeat(columns.length + 1)}`, ...body].join('\n'),
    ...columns.flatMap(({ attempt, reference }, at) => {
      const changes = [code, ...steps.map(step => step.code)].flatMap(cells => changesOf(cells?.[at]));
      if (changes.length === 0) return [];
      const text = changes.map(
        change =>
          `@@ ${locationText(change)}\n${codeLines(change)
            .map(line => `${line.sign === '−' ? '-' : line.sign}${line.text}`)
            .join('\n')}`,
      );
      return [
        `Code of attempt ${number(attempt)} against attempt ${number(reference ?? 1)}:`,
        fenced('diff', text.join('\n')),
      ];
    }),
    ...(hidden === undefined ? [] : [`All attempts agree in: ${hidden}.`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function changesOf(cell: CodeCell | undefined) {
  return cell?.kind === 'changes' ? cell.changes : [];
}

function inputText(cell: InputCell): string {
  switch (cell.kind) {
    case 'same':
      return `= attempt ${number(cell.as)}`;
    case 'first':
      return cell.values.map(({ item, path, side }) => `#${item} ${path}: ${side?.text ?? 'none'}`).join('; ');
    case 'changes':
      return `${cell.diff.changes.map(change => `#${change.item} ${change.path}: ${sideText(change, 'before')} → ${sideText(change, 'after')}`).join('; ')} (${originText(cell.origin)})`;
    case 'too large':
      return `too large to be compared (${originText(cell.origin)})`;
  }
}

function outputText(cell: OutputCell): string {
  switch (cell.kind) {
    case 'same':
      return `= attempt ${number(cell.as)}`;
    case 'none':
      return 'none';
    case 'value':
      return cell.text;
    case 'too large':
      return 'too large to be compared';
    case 'error':
      return `✕ ${cell.error.message}${cell.error.at ? ` at ${locationText(cell.error.at)}` : ''}`;
    case 'changes':
      return cell.changes
        .map(change =>
          `${change.path} ${sideText(change, 'before')} → ${sideText(change, 'after')}${change.by === undefined ? '' : ` (${byText(change.by)})`}`.trim(),
        )
        .join('; ');
  }
}
