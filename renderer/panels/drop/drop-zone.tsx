import { useEffect, useState } from 'react';
import { compareFile } from '../../stores/spreadsheet.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import './drop-zone.css';

/** A corrected file can be dropped anywhere while a run is open. Without this, the browser would open it in place of the Studio. */
export function DropZone() {
  const [isOver, setIsOver] = useState(false);
  const run = useStudio(state => state.runId);
  const isFree = useStudio(state => state.dialog === undefined);
  useEffect(() => {
    const onDrag = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const { runId, dialog } = studio.getState();
      const isTaken = runId !== undefined && dialog === undefined;
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
      if (file && studio.getState().dialog === undefined) void compareFile(file);
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
  if (!isOver || !isFree || run === undefined) return null;
  return (
    <div className="drop-zone" role="status">
      <p>Drop the corrected file: it is compared with run {run}, and nothing changes yet.</p>
    </div>
  );
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
