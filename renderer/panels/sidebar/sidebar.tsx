import { Runs } from './runs.tsx';
import { Workflows } from './workflows.tsx';
import './sidebar.css';

export function Sidebar() {
  return (
    <nav className="panel sidebar" aria-label="Workflows and runs">
      <Workflows />
      <Runs />
    </nav>
  );
}
