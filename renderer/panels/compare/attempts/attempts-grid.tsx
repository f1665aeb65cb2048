import { clock, counted, duration, number } from '../../../../common/format.ts';
import { findNode } from '../../../../common/graph-nodes.ts';
import { statusWord } from '../../../../common/status.ts';
import type { Column, ComparedStep, Comparison } from '../../../model/compare/comparison.ts';
import { locationLabel } from '../../../model/shown-text.ts';
import { useStudio } from '../../../stores/studio.ts';
import { Glyph } from '../../../ui/glyph.tsx';
import { CodeCellView, InputCellView, LogCellView, OutputCellView, StepCellView, TimeCellView } from './cells.tsx';

interface Props {
  readonly comparison: Comparison;
  readonly titleOf: (path: string) => string;
  /** Also what is the same in all attempts. */
  readonly all: boolean;
}

/** Rows by step, columns by attempt. */
export function AttemptsGrid({ comparison, titleOf, all }: Props) {
  const { columns, input, code, steps, logs, times } = comparison;
  const longest = Math.max(
    1,
    ...times.map(({ ms }) => ms ?? 0),
    ...steps.flatMap(step => step.steps.map(({ ms }) => ms ?? 0)),
  );
  const shown = steps.filter(({ isSame }) => all || !isSame);
  return (
    <div className="compare-scroll" tabIndex={0} role="group" aria-label="Attempts beside each other">
      <table className="compare-grid">
        <colgroup>
          <col className="compare-names" />
          {columns.map(({ attempt }) => (
            <col key={attempt} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <td />
            {columns.map((column, at) => (
              <th key={column.attempt} scope="col">
                <ColumnHead column={column} comparison={comparison} at={at} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Input</th>
            {input.cells.map((cell, at) => (
              <td key={at}>
                <InputCellView cell={cell} />
              </td>
            ))}
          </tr>
          {code && (
            <tr>
              <th scope="row">
                Code <small>outside of these steps</small>
              </th>
              {code.map((cell, at) => (
                <td key={at}>
                  <CodeCellView cell={cell} />
                </td>
              ))}
            </tr>
          )}
        </tbody>
        {shown.map(step => (
          <StepRows key={step.path} step={step} titleOf={titleOf} longest={longest} />
        ))}
        <tbody>
          {(logs.differ > 0 || all) && (
            <tr>
              <th scope="row">
                Log
                <small>
                  {counted(logs.differ, ['line differs', 'lines differ'])}
                  {logs.hasMore && ', of the last 1,000'}
                </small>
              </th>
              {logs.cells.map((cell, at) => (
                <td key={at}>
                  <LogCellView cell={cell} all={all} />
                </td>
              ))}
            </tr>
          )}
          <tr>
            <th scope="row">
              Time<small>of its steps</small>
            </th>
            {times.map((cell, at) => (
              <td key={at}>
                <TimeCellView cell={cell} longest={longest} titleOf={titleOf} />
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function ColumnHead({ column, comparison, at }: { column: Column; comparison: Comparison; at: number }) {
  const { attempt, status, startedAt, ms } = column;
  return (
    <>
      <Glyph status={status} />
      <b>Attempt {number(attempt)}</b>{' '}
      <span className="muted numbers">
        {[
          ...(startedAt === undefined ? [statusWord(status)] : [clock(startedAt)]),
          ...(ms === undefined ? [] : [duration(ms)]),
        ].join(' · ')}
      </span>
      <span className="compare-chips">
        {chipsOf(comparison, at).map(({ text, tone }) => (
          <span key={text} className={`compare-chip ${tone}`}>
            {text}
          </span>
        ))}
      </span>
    </>
  );
}

function chipsOf({ columns, input, code, steps }: Comparison, at: number): { text: string; tone: string }[] {
  const { reference, isCodeKnown = true } = columns[at] ?? {};
  if (reference === undefined) return [{ text: 'the first', tone: '' }];
  const cells = [code, ...steps.map(step => step.code)].map(all => all?.[at]);
  const hunks = cells.reduce((total, cell) => total + (cell?.kind === 'changes' ? cell.changes.length : 0), 0);
  const cell = input.cells[at];
  const values = cell?.kind === 'changes' ? cell.diff.items : 0;
  return [
    ...(hunks > 0 ? [{ text: `code: ${counted(hunks, ['change', 'changes'])}`, tone: 'code' }] : []),
    ...(values > 0 ? [{ text: `input: ${counted(values, ['item', 'items'])}`, tone: 'input' }] : []),
    ...(isCodeKnown ? [] : [{ text: 'code not on record', tone: '' }]),
    ...(hunks === 0 && cell?.kind === 'same' && isCodeKnown ? [{ text: 'nothing changed', tone: '' }] : []),
  ];
}

function StepRows({
  step,
  titleOf,
  longest,
}: {
  step: ComparedStep;
  titleOf: (path: string) => string;
  longest: number;
}) {
  const at = useStudio(state => state.detail && findNode(state.detail.graph.nodes, step.path)?.at);
  return (
    <tbody>
      <tr className="compare-step">
        <th scope="row">
          {titleOf(step.path)}
          {at && <small>{locationLabel(at)}</small>}
        </th>
        {step.steps.map((cell, place) => (
          <td key={place}>
            <StepCellView cell={cell} longest={longest} />
          </td>
        ))}
      </tr>
      {step.code && (
        <tr>
          <th scope="row" className="compare-part">
            code
          </th>
          {step.code.map((cell, place) => (
            <td key={place}>
              <CodeCellView cell={cell} />
            </td>
          ))}
        </tr>
      )}
      <tr>
        <th scope="row" className="compare-part">
          output
        </th>
        {step.outputs.map((cell, place) => (
          <td key={place}>
            <OutputCellView cell={cell} />
          </td>
        ))}
      </tr>
    </tbody>
  );
}
