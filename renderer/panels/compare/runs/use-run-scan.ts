import { useEffect, useState } from 'react';
import { NOT_SCANNED, RunScan, type Scanned } from '../../../model/compare/run-scan.ts';
import { api } from '../../../stores/host.ts';

/** Compares two runs for as long as this is shown. @param version Begins anew when it changes */
export function useRunScan(run: number, other: number, path: string, version: string): Scanned {
  const [scanned, setScanned] = useState(NOT_SCANNED);
  useEffect(() => {
    setScanned(NOT_SCANNED);
    const scan = new RunScan(from => api().compareRuns({ run, other, path, from }), setScanned);
    void scan.start();
    return () => scan.stop();
  }, [run, other, path, version]);
  return scanned;
}
