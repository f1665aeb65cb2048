import type { Problem } from '../../host/api/api.ts';
import { frameLines } from '../model/code-frame.ts';
import './code-frame.css';

/** The code around the line that a problem is about. */
export function CodeFrame({ problem: { codeFrame, line } }: { problem: Problem }) {
  if (!codeFrame) return null;
  return (
    <pre className="code-frame" tabIndex={0} aria-label={`The code around line ${line ?? ''}`}>
      {frameLines(codeFrame).map(({ number, text, marked }, index) => (
        <span key={index} className={marked ? 'code-marked' : ''}>
          <i>{number}</i>
          {text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
