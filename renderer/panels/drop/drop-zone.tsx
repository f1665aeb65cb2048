import { useEffect, useState } from 'react';
import { isExportedFile, openExported } from '../../stores/exported-files.ts';
import { compareFile } from '../../stores/spreadsheet.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import './drop-zone.css';

/** A corrected file can be dropped anywhere while a run is open, and an exported run always. Without this, the browser would open it in place of the Studio. */
export function DropZone() {
  const [isOver, setIsOver] = useState(false);
  const run = useStudio(state => state.runId);
  const isFree = useStudio(state => state.dialog === undefined);
  useEffect(() => {
    const onDrag = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const { dialog } = studio.getState();
      // Of what kind it is shows only when it is dropped: an exported run can be opened without a run.
      const isTaken = dialog === undefined;
      if (event.dataTransfer) event.dataTransfer.dropEffect = isTaken ? 'copy' : 'none';
      setIsOver(isTaken);
    };
    const onLeave = (event: DragEvent) => {
      // It has left the window, not only one element for another.
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (!file || studio.getState().dialog) return;
      void (isExportedFile(file) ? openExported(file) : compareFile(file));
    };
    window.addEventListener('dragover', onDrag);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDrag);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  if (!isOver || !isFree) return null;
  return (
    <div className="drop-zone" role="status">
      {run !== undefined && <p>Drop a corrected file: it is compared with run {run}, and nothing changes yet.</p>}
      <p>Drop an exported run: it is opened.</p>
    </div>
  );
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
