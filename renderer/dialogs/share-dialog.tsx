import { useState } from 'react';
import { bytes } from '../../common/format.ts';
import { useLoad } from '../hooks/use-load.ts';
import { api } from '../stores/host.ts';
import { notice } from '../stores/notice.ts';
import { saveFile } from '../stores/save-file.ts';
import { Button } from '../ui/button.tsx';
import { ContentsList } from '../ui/contents-list.tsx';
import { Modal } from '../ui/modal.tsx';
import './share-dialog.css';

/** A run as one file for somebody else: what is in it is shown before it is saved. */
export function ShareDialog({ run, onClose }: { run: number; onClose: () => void }) {
  const [values, setValues] = useState(false);
  const loaded = useLoad(() => api().shareRun({ run, values }), [run, values]);
  const shared = loaded.state === 'loaded' && loaded.value.ok ? loaded.value.value : undefined;
  const why =
    loaded.state === 'failed'
      ? loaded.message
      : loaded.state === 'loaded' && !loaded.value.ok
        ? loaded.value.problem.message
        : undefined;
  const save = () => {
    if (!shared) return;
    saveFile(`run-${run}.html`, [new Blob([shared.html])], 'text/html');
    notice({ name: 'Shared', message: `run-${run}.html is saved. It opens in any browser, also without a network.` });
    onClose();
  };
  return (
    <Modal
      title={`Share run ${run}`}
      wide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!shared} onClick={save}>
            {shared ? `Save file, ${bytes(shared.html.length)}` : 'Save file'}
          </Button>
        </>
      }
    >
      <p>
        One HTML file that opens in any browser, without a network and without Cronflow. Nothing in it can run or
        change.
      </p>
      <label className="share-values">
        <input type="checkbox" checked={values} onChange={event => setValues(event.target.checked)} />
        <span>
          <b>With values</b>
          <span className="muted">
            Payloads, items, outputs, logs, messages and source code as they are. Whoever has the file can read them.
          </span>
        </span>
      </label>
      {why !== undefined && <p role="alert">{why}</p>}
      {why === undefined && !shared && (
        <p className="muted" role="status">
          Writing the file…
        </p>
      )}
      {shared && <ContentsList contents={shared.contents} />}
    </Modal>
  );
}
