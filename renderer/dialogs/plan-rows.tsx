import type { ReactNode } from 'react';
import { number } from '../../common/format.ts';
import type { ResumeReport } from '../../host/api/api.ts';
import { useNodeTitle } from '../hooks/use-todays-graph.ts';
import { label } from '../model/shown-text.ts';

/** What a plan says of discarded work, of the state, and of the code: the same for a re-run and a resume. */
export function PlanRows({ report, does }: { report: ResumeReport; does: string }) {
  const titleOf = useNodeTitle();
  return (
    <>
      {report.discarded.map(path => (
        <Row key={path} term="Discards">
          stored work of {titleOf(path)}
        </Row>
      ))}
      {report.takenBack.map(({ key, by }) => (
        <Row key={key} term="Undoes">
          {number(by)} from state <code>{label(key, 200)}</code>
        </Row>
      ))}
      {report.notTakenBack.length > 0 && (
        <Row term="Cannot undo">
          earlier changes of state {report.notTakenBack.map(key => label(key, 200)).join(', ')}. Repeated steps change
          it again.
        </Row>
      )}
      <Row term="Code">
        {report.codeChanged ? `Changed since this run. The ${does} uses the new code.` : 'Unchanged'}
      </Row>
    </>
  );
}

export function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
