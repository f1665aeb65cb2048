import { useEffect, useId, useState } from 'react';
import { tryParse } from '../../../common/expression/parse.ts';
import { isCondition } from '../../../common/expression/syntax.ts';
import { clock, counted, number, percent } from '../../../common/format.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { showBatches } from '../../stores/actions.ts';
import { evaluate, forgetEvaluation, stopEvaluation, type Evaluation } from '../../stores/evaluation.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import './data-bar.css';

/** An expression that the batches are coloured by, how far it has come, and what its colours mean where a batch has several items. */
export function DataBar({ run, map }: { readonly run: number; readonly map: BatchMap }) {
  const expression = useStudio(state => state.batches.expression);
  const [typed, setTyped] = useState(expression);
  const evaluation = useStudio(state => state.evaluation);
  const help = useId();
  useEffect(() => setTyped(expression), [expression]);
  useEffect(() => {
    if (expression === '') forgetEvaluation();
    else void evaluate({ run, node: map.node, expression });
  }, [run, map.node, expression]);
  const parsed = typed.trim() === '' ? undefined : tryParse(typed);
  const wrong = parsed?.ok === false ? parsed.error : undefined;
  const isShown = evaluation !== undefined && evaluation.expression === typed && evaluation.run === run;
  return (
    <form
      className="data-bar"
      onSubmit={event => {
        event.preventDefault();
        if (!wrong) showBatches({ expression: typed.trim() });
      }}
    >
      <input
        type="text"
        spellCheck={false}
        placeholder="item.country, or output.total == 0"
        aria-label="Colour by what: a path or a comparison"
        aria-invalid={wrong ? true : undefined}
        aria-describedby={help}
        value={typed}
        onChange={event => setTyped(event.target.value)}
      />
      <Button small type="submit" disabled={parsed?.ok !== true || typed.trim() === expression}>
        Colour
      </Button>
      <p id={help} role="status">
        {wrong ? (
          <span className="wrong">
            Column {wrong.column}: {wrong.message}
          </span>
        ) : isShown ? (
          <Progress evaluation={evaluation} />
        ) : (
          'Press Enter to colour the batches. item is each of a batch’s items, output what it put out, step("Title").output what a step did.'
        )}
      </p>
    </form>
  );
}

function Progress({ evaluation }: { readonly evaluation: Evaluation }) {
  const { state, done, total, at, message, found, expression, run, node } = evaluation;
  switch (state) {
    case 'failed':
      return <span className="wrong">{message}</span>;
    case 'running':
      return (
        <>
          <progress max={total} value={done} aria-label="Batches looked at" /> {percent(done, total)} % of{' '}
          {number(total)}{' '}
          <Button small onClick={stopEvaluation}>
            Stop
          </Button>
        </>
      );
    case 'stopped':
    case 'ended':
      return (
        <>
          {state === 'stopped' && `Stopped after ${number(done)} of ${number(total)}. `}
          {ruleText(expression, found?.mixedCount ?? 0)} Looked at {clock(at)}.{' '}
          <Button small look="quiet" onClick={() => void evaluate({ run, node, expression })}>
            Look again
          </Button>
        </>
      );
  }
}

/** A batch has many items, and one colour. */
function ruleText(expression: string, mixed: number): string {
  const parsed = tryParse(expression);
  if (parsed.ok && isCondition(parsed.expression)) return 'A batch is true if any of its items is.';
  if (mixed === 0) return 'In each batch all items have one value.';
  return `A batch has the color of its most common value; ${counted(mixed, ['batch has', 'batches have'])} several (dark corner).`;
}
