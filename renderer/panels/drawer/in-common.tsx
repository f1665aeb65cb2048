import { useState } from 'react';
import { number, percent } from '../../../common/format.ts';
import type { Result } from '../../../host/api/api.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { label } from '../../model/shown-text.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import './in-common.css';

const LONGEST_SENTENCE = 400;
const LONGEST_FIELD = 60;

type Node = Result<'getInCommon'>['nodes'][number];

/** What the items at fault have in common that the others have not; a click on a field shows its values. */
export function InCommon() {
  const run = useStudio(state => state.runId);
  const findings = useStudio(state => state.findings);
  const isSearching = useStudio(state => state.search !== undefined && state.search.state !== 'ended');
  const count = findings?.counts.items ?? 0;
  // Of fewer than three nothing is said.
  const isWanted = run !== undefined && count >= 3 && !isSearching;
  const loaded = useLoad(isWanted ? () => api().getInCommon({ run }) : undefined, [run], count);
  if (!isWanted || loaded.state !== 'loaded') return null;
  return loaded.value.nodes.map(node => <OfNode key={node.path} run={run} node={node} />);
}

function OfNode({ run, node }: { run: number; node: Node }) {
  const [field, setField] = useState<string>();
  const fields = [...new Set([...node.statements.flatMap(statement => statement.fields), ...node.fields])].filter(
    name => name !== '',
  );
  return (
    <section className="in-common" aria-label="In common">
      {node.sentences.length === 0 ? (
        <p className="muted">
          Nothing that the {number(node.atFault)} at fault have in common and the {number(node.others)} that succeeded
          have not.
        </p>
      ) : (
        <ul>
          {node.sentences.map(text => (
            <li key={text}>
              <Sentence text={label(text, LONGEST_SENTENCE)} />
            </li>
          ))}
        </ul>
      )}
      <p className="in-common-fields">
        {node.statements.flatMap(statement =>
          statement.fields.map(name => (
            <button
              key={`${statement.words} ${name}`}
              type="button"
              className="link"
              aria-expanded={field === name}
              onClick={() => setField(field === name ? undefined : name)}
            >
              Values of {label(name, LONGEST_FIELD)}
            </button>
          )),
        )}
        {fields.length > 0 && (
          <select
            aria-label="Values of a field"
            value={field ?? ''}
            onChange={event => setField(event.target.value === '' ? undefined : event.target.value)}
          >
            <option value="">Values of a field…</option>
            {fields.map(name => (
              <option key={name} value={name}>
                {label(name, LONGEST_FIELD)}
              </option>
            ))}
          </select>
        )}
      </p>
      {field !== undefined && <Values run={run} path={node.path} field={field} />}
    </section>
  );
}

/** What stands between backticks is a name in the data. */
function Sentence({ text }: { text: string }) {
  return text.split('`').map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part));
}

function Values({ run, path, field }: { run: number; path: string; field: string }) {
  const loaded = useLoad(() => api().getHistogram({ run, path, field }), [run, path, field]);
  if (loaded.state === 'loading') return <p className="muted">Loading…</p>;
  if (loaded.state === 'failed') return <p className="muted">{loaded.message}</p>;
  const { rows, atFault, others } = loaded.value;
  return (
    <table className="in-common-values" aria-label={`Values of ${label(field, LONGEST_FIELD)}`}>
      <thead>
        <tr>
          <th scope="col">{label(field, LONGEST_FIELD)}</th>
          <th scope="col">of {number(atFault)} at fault</th>
          <th scope="col">of {number(others)} that succeeded</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.text}>
            <th scope="row">{label(row.text, 100)}</th>
            <Share count={row.atFault} of={atFault} look="at-fault" />
            <Share count={row.others} of={others} look="others" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Share({ count, of, look }: { count: number; of: number; look: string }) {
  return (
    <td className="numbers">
      {number(count)}
      <i className={look} style={{ width: `${of === 0 ? 0 : percent(count, of)}%` }} aria-hidden />
    </td>
  );
}
