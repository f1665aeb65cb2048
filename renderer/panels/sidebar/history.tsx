import type { Result } from '../../../host/api/api.ts';
import { counted } from '../../../common/format.ts';
import { useStudio } from '../../stores/studio.ts';
import './history.css';

export type History = Result<'getHistories'>['workflows'][number];

const RUN = ['run', 'runs'] as const;
const HEIGHT = 14;
const LEAST = 2;

/** The last runs of a workflow, a bar each: as high as it took long, in the colour of how it went. */
export function HistoryBars({ file, workflow }: { file: string; workflow: string }) {
  const history = useStudio(state => state.histories.find(other => other.file === file && other.workflow === workflow));
  if (!history || history.runs.length < 2) return null;
  const longest = Math.max(1, ...history.runs.map(({ activeMs }) => activeMs));
  return (
    <span className="history" role="img" aria-label={inWords(history)} title={inWords(history)}>
      {history.runs.map(({ run, status, activeMs, hasFailures }) => (
        <i
          key={run}
          className={status === 'completed' && hasFailures ? 'completed with-failures' : status}
          style={{ height: Math.max(LEAST, Math.round((HEIGHT * activeMs) / longest)) }}
        />
      ))}
    </span>
  );
}

function inWords({ runs }: History): string {
  const failed = runs.filter(({ status }) => status === 'failed').length;
  const withFailures = runs.filter(({ status, hasFailures }) => status === 'completed' && hasFailures).length;
  return [
    `Last ${counted(runs.length, RUN)}`,
    failed === 0 ? 'none failed' : `${failed} failed`,
    ...(withFailures > 0 ? [`${withFailures} completed with failures`] : []),
  ].join(', ');
}
